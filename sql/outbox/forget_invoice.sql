-- The app's row was kept for the mails about this attempt: once its charge is told and no other mail of it waits, it goes.
-- That of a decline stays: a late approval would have to be told. Rows: one or none.
UPDATE charge_attempts a
  JOIN outbox_emails o ON o.attempt_id = a.id
   SET a.invoice_row = NULL
 WHERE o.id = :id
   AND a.state = 'SETTLED'
   AND NOT EXISTS (SELECT 1
                     FROM outbox_emails w
                    WHERE w.attempt_id = o.attempt_id
                      AND w.id <> o.id
                      AND w.state IN ('HELD', 'READY'))
