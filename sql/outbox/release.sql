-- Declines whose run has ended in order, or died before :run began, are told. Rows: any.
UPDATE outbox_emails o
  JOIN billing_runs r ON r.run_no = o.run_no
   SET o.state = CASE WHEN r.declines = 'VOID' THEN 'VOID' ELSE 'READY' END
 WHERE o.state = 'HELD'
   AND r.declines IN ('COUNT', 'TOLD', 'VOID')
   AND (r.ended_at IS NOT NULL OR r.run_no < :run)
