-- It was not its turn: free at once, and no try of it. One row; none where the lease ran out and another sender has it.
UPDATE outbox_emails
   SET leased_by = NULL, leased_until = NULL, tries = tries - 1, last_error = COALESCE(:why, last_error)
 WHERE id = :id
   AND leased_by = :lease
   AND state = 'READY'
