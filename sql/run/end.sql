-- Only by the run itself. One row.
UPDATE billing_runs
   SET ended_at = UTC_TIMESTAMP(6), exit_code = :exit_code, declines = :declines, summary = :summary
 WHERE run_no = :run AND holder = :holder
