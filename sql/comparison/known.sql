-- What we know of one page of the gateway's listing: by transaction, by charge key, and by the invoices that the keys lead
-- back to. Rows: any; one that is found twice comes twice. Of every installation: a person may have gone back to an account
-- of old, whose listing shows its charges again, some under no key of ours; keys and invoices are the database's own.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       settled_amount, created_at, UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE gateway = :gateway
   AND account_id = :account_id
   AND gateway_transaction_id IN (<transactions>)
UNION ALL
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       settled_amount, created_at, UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE charge_key IN (<charge_keys>)
UNION ALL
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       settled_amount, created_at, UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE invoice_id IN (<invoice_ids>)
