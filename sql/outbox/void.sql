-- What became untrue before it was told. The count must equal the number of ids.
UPDATE outbox_emails
   SET state = 'VOID', leased_by = NULL, leased_until = NULL
 WHERE id IN (<ids>)
   AND state = 'READY'
