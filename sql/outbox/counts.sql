-- What is not yet told. Rows: up to three.
SELECT state, COUNT(*) AS count
  FROM outbox_emails
 WHERE state IN ('HELD', 'READY', 'UNDELIVERABLE')
 GROUP BY state
