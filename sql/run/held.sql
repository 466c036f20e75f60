-- Runs that ended by too many declines, or found that the database had forgotten charges, and whose letters wait for a
-- person, oldest first. Rows: up to :limit.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary,
       declines <> 'COUNT' AND EXISTS (SELECT 1
                                     FROM charge_attempts a
                                    WHERE a.run_no = billing_runs.run_no AND a.state = 'DECLINED') AS declined
  FROM billing_runs
 WHERE declines = 'HELD'
 ORDER BY run_no
 LIMIT :limit
