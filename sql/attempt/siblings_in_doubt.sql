-- Earlier attempts of pending invoices with a send that nobody answered, not yet looked up by this run: each is asked
-- about once more before the younger one is claimed, also where that one's hour has not come: it may come while this run
-- still waits. Of one that a person released everything is known. Rows: up to :limit.
SELECT s.id, s.invoice_id, s.attempt_no, s.state, s.amount_minor, s.currency, s.customer_ref, s.payment_ref, s.gateway,
       s.charge_key, s.gateway_transaction_id, s.first_sent_at, s.last_sent_at, s.settled_at, s.send_no, s.sends,
       s.account_id, s.live_mode, s.protocol, s.installation, s.description, s.settling_until, s.declines_before,
       s.first_declined_on, s.run_no, s.adopted, s.released_at, UTC_TIMESTAMP(6) AS now
  FROM charge_attempts a FORCE INDEX (ix_attempts_state)
  JOIN charge_attempts s FORCE INDEX (uq_invoice_attempt) ON s.invoice_id = a.invoice_id AND s.attempt_no < a.attempt_no
 WHERE a.state = 'PENDING'
   AND a.attempt_no > 1
   AND s.looked_up_run <> :run
   AND s.released_at IS NULL
   AND s.sends REGEXP '[?!p]'
   AND s.charge_key > :after
 ORDER BY s.charge_key
 LIMIT :limit
