-- The candidates again, under lock: whoever was quicker has taken his out. Rows: up to the number of ids.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE id IN (<ids>)
   AND state = 'PENDING'
 ORDER BY id
   FOR UPDATE
