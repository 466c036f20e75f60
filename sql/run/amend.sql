-- How a run ended after its row was closed, since mails are sent without the lock. One row; none where the database went
-- back meanwhile.
UPDATE billing_runs
   SET exit_code = :exit_code, summary = COALESCE(:summary, summary)
 WHERE run_no = :run
   AND holder = :holder
   AND ended_at IS NOT NULL
