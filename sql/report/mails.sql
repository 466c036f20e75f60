-- What was told about one attempt, and what is to be.
SELECT o.kind, o.state, o.sent_at, o.last_error
  FROM outbox_emails o
  JOIN charge_attempts a ON a.id = o.attempt_id
 WHERE a.charge_key = :key
 ORDER BY o.id
