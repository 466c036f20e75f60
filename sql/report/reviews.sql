-- Attempts that wait for a person, oldest first.
SELECT charge_key, invoice_id, amount_minor, currency, gateway_transaction_id, evidence, last_sent_at
  FROM charge_attempts
 WHERE state = 'REVIEW'
 ORDER BY last_sent_at, charge_key
 LIMIT :limit
