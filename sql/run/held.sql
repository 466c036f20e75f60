-- Runs that ended by too many declines and whose customers were told nothing yet, oldest first. Rows: up to :limit.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary
  FROM billing_runs
 WHERE declines = 'HELD'
 ORDER BY run_no
 LIMIT :limit
