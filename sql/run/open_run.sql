-- Who holds the lock: the newest run that has not ended. Rows: one or none.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary,
       0 AS declined
  FROM billing_runs
 WHERE ended_at IS NULL
 ORDER BY run_no DESC
 LIMIT 1
