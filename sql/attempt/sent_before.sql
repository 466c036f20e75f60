-- What runs that died left behind, and what was still undecided when they ended: one keyset page. Rows: up to :limit.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE state = 'SENT'
   AND run_no < :run
   AND charge_key > :after
 ORDER BY charge_key
 LIMIT :limit
