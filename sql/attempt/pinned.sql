-- The newest charges of this installation that the gateway itself called approved, and old enough for any listing of
-- it, the newest first. Rows: up to :limit.
SELECT id, invoice_id, attempt_no, state, amount_minor, currency, customer_ref, payment_ref, gateway, charge_key,
       gateway_transaction_id, first_sent_at, last_sent_at, settled_at, send_no, sends, account_id, live_mode, protocol,
       installation, description, settling_until, declines_before, first_declined_on, run_no, adopted, released_at,
       UTC_TIMESTAMP(6) AS now
  FROM charge_attempts
 WHERE state = 'SETTLED' AND gateway = :gateway AND account_id = '' AND installation = :installation
   AND adopted = 0 AND sends LIKE '%a%' AND settled_at < UTC_TIMESTAMP(6) - INTERVAL :seconds SECOND
 ORDER BY id DESC
 LIMIT :limit
