-- The live attempts of these invoices, at most one each, under lock. Rows: any.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE live_invoice IN (<invoice_ids>)
 ORDER BY id
   FOR UPDATE
