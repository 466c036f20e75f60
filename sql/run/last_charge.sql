-- The newest charge that has ended; where :clean is 1, the newest that ended with 0. Rows: one or none.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary,
       declines <> 'COUNT' AND EXISTS (SELECT 1
                                     FROM charge_attempts a
                                    WHERE a.run_no = billing_runs.run_no AND a.state = 'DECLINED') AS declined
  FROM billing_runs
 WHERE command = 'charge' AND ended_at IS NOT NULL AND (exit_code = 0 OR :clean = 0)
 ORDER BY run_no DESC
 LIMIT 1
