-- The run's row, in the transaction that raises the fence. One row.
INSERT INTO billing_runs (run_no, holder, command, host, pid, version, server, as_of, started_at)
VALUES (:run, :holder, :command, :host, :pid, :version, :server, :as_of, UTC_TIMESTAMP(6))
