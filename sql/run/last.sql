-- The newest runs, newest first. Rows: up to :limit.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary,
       declines <> 'COUNT' AND EXISTS (SELECT 1
                                     FROM charge_attempts a
                                    WHERE a.run_no = billing_runs.run_no AND a.state = 'DECLINED') AS declined
  FROM billing_runs
 ORDER BY run_no DESC
 LIMIT :limit
