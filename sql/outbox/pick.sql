-- Mails that may be sent now and that nobody else has in hand, locked. Rows: up to :limit.
SELECT id
  FROM outbox_emails
 WHERE state = 'READY'
   AND (not_before IS NULL OR not_before <= UTC_TIMESTAMP(6))
   AND (leased_until IS NULL OR leased_until <= UTC_TIMESTAMP(6))
 ORDER BY id
 LIMIT :limit
   FOR UPDATE SKIP LOCKED
