-- All attempts of one invoice, the first one first. Rows: any.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       UTC_TIMESTAMP(6) AS now, settled_amount, created_at, ended_at, not_before, retry_on, decline_code, decline_text,
       evidence
  FROM charge_attempts
 WHERE invoice_id = :invoice_id
 ORDER BY attempt_no
