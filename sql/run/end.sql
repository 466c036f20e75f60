-- Only by the run itself. What it held before stays held. One row.
UPDATE billing_runs
   SET ended_at = UTC_TIMESTAMP(6), exit_code = :exit_code, declines = CASE declines WHEN 'HELD' THEN 'HELD' ELSE :declines END, summary = :summary
 WHERE run_no = :run AND holder = :holder
