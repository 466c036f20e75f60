-- The customer's ledger.
-- given: <attempt_ids>; the affected rows must equal their number
INSERT INTO transactions (customer_id, invoice_id, kind, amount, currency, reference, at)
SELECT i.customer_id, i.id, 'payment', -a.settled_amount, a.currency, a.gateway_transaction_id, a.settled_at
  FROM charge_attempts a
  JOIN invoices i ON i.id = CAST(a.invoice_id AS UNSIGNED)
 WHERE a.id IN (<attempt_ids>)
