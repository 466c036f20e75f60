-- The database had gone back: what waits here may have been told in the time that it forgot, so a person decides about all
-- of it as of run :run. What waits for a person already stays with its own run. What a sender has in hand
-- stays in its hands, which tell what became of it. Rows: any.
UPDATE outbox_emails o
  LEFT JOIN billing_runs r ON r.run_no = o.run_no
   SET o.state = 'HELD', o.run_no = :run
 WHERE o.state IN ('READY', 'HELD')
   AND (o.state = 'READY' OR COALESCE(r.declines, 'COUNT') <> 'HELD')
