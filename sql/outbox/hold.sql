-- The database had gone back: what waits here may have been told in the time that it forgot, so a person decides about all
-- of it as of run :run. What waits for a person already stays with its own run. Rows: any.
UPDATE outbox_emails o
  LEFT JOIN billing_runs r ON r.run_no = o.run_no
   SET o.state = 'HELD', o.run_no = :run, o.leased_by = NULL, o.leased_until = NULL
 WHERE o.state IN ('READY', 'HELD')
   AND (o.state = 'READY' OR COALESCE(r.declines, 'COUNT') <> 'HELD')
