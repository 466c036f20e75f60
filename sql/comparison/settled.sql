-- What was booked in a period, for the question whether the gateway and the app's books have it: one keyset page, by the
-- time of the booking. Where the gateway tells no account's id, a change of accounts began another installation. Rows: up to
-- :limit.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       settled_amount, created_at, UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE state = 'SETTLED'
   AND gateway = :gateway
   AND account_id = :account_id
   AND (account_id <> '' OR installation = :installation)
   AND (settled_at > :after OR settled_at = :after AND id > :after_id)
   AND settled_at < :until
 ORDER BY settled_at, id
 LIMIT :limit
