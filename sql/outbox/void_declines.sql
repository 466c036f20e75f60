-- A late approval: the decline that was not yet told is not told. One that a sender has in hand is looked at again if it
-- is given back (overtaken.sql). Rows: any.
UPDATE outbox_emails
   SET state = 'VOID'
 WHERE attempt_id IN (<ids>)
   AND kind = 'DECLINED'
   AND state IN ('HELD', 'READY')
   AND (leased_until IS NULL OR leased_until < UTC_TIMESTAMP(6))
