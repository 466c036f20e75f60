-- The newest runs, newest first. Rows: up to :limit.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary
  FROM billing_runs
 ORDER BY run_no DESC
 LIMIT :limit
