-- Attempts whose outcome nobody knows: sent, and neither answered nor settling on a slow rail. Oldest first.
SELECT charge_key, invoice_id, amount_minor, currency, gateway_transaction_id, send_no, evidence, last_sent_at
  FROM charge_attempts
 WHERE state = 'SENT' AND (settling_until IS NULL OR settling_until <= UTC_TIMESTAMP(6))
 ORDER BY last_sent_at, charge_key
 LIMIT :limit
