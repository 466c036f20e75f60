-- Also of one that was held meanwhile. One row; none where the lease ran out and another sender has it.
UPDATE outbox_emails
   SET state = 'SENT', sent_at = UTC_TIMESTAMP(6), leased_by = NULL, leased_until = NULL, last_error = NULL
 WHERE id = :id
   AND leased_by = :lease
   AND state IN ('READY', 'HELD')
