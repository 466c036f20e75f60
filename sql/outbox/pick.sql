-- Mails that may be sent now and that nobody else has in hand, locked; in the order of an index, so that no more are read
-- than are taken. Rows: up to :limit.
SELECT id
  FROM outbox_emails
 WHERE state = 'READY'
   AND (not_before IS NULL OR not_before <= UTC_TIMESTAMP(6))
   AND (leased_until IS NULL OR leased_until <= UTC_TIMESTAMP(6))
 ORDER BY not_before, id
 LIMIT :limit
   FOR UPDATE SKIP LOCKED
