-- One run by its number. Rows: one or none.
SELECT run_no, command, host, pid, version, server, as_of, started_at, ended_at, exit_code, declines, summary
  FROM billing_runs
 WHERE run_no = :run
