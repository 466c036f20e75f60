-- One row; none where the lease ran out and another sender has it.
UPDATE outbox_emails
   SET not_before = UTC_TIMESTAMP(6) + INTERVAL :seconds SECOND, leased_by = NULL, leased_until = NULL, last_error = :why
 WHERE id = :id
   AND leased_by = :lease
   AND state = 'READY'
