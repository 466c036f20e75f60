-- One payment for each charge. The unique key over the gateway's transaction id makes a second one impossible.
-- given: <attempt_ids>; the affected rows must equal their number
INSERT INTO payments (invoice_id, amount, currency, gateway_transaction_id, paid_at)
SELECT CAST(a.invoice_id AS UNSIGNED), a.settled_amount, a.currency, a.gateway_transaction_id, a.settled_at
  FROM charge_attempts a
 WHERE a.id IN (<attempt_ids>)
