-- The app's row was kept for this mail alone. That of a decline stays: a late approval would have to be told. Rows: one or none.
UPDATE charge_attempts a
  JOIN outbox_emails o ON o.attempt_id = a.id
   SET a.invoice_row = NULL
 WHERE o.id = :id
   AND o.kind = 'ACCEPTED'
