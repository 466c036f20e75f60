-- Optional. What the app wants written on a decline, here a note in the customer's ledger that changes no balance.
-- given: <attempt_ids>; the affected rows must equal their number
INSERT INTO transactions (customer_id, invoice_id, kind, amount, currency, reference, at)
SELECT i.customer_id, i.id, 'decline', 0, a.currency, a.decline_code, a.ended_at
  FROM charge_attempts a
  JOIN invoices i ON i.id = CAST(a.invoice_id AS UNSIGNED)
 WHERE a.id IN (<attempt_ids>)
