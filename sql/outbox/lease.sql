-- The count must equal the number of ids.
UPDATE outbox_emails
   SET leased_by = :lease, leased_until = UTC_TIMESTAMP(6) + INTERVAL :seconds SECOND, tries = tries + 1
 WHERE id IN (<ids>)
   AND state = 'READY'
