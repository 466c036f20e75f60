-- Whether this run's decision is written: after a COMMIT that lost its answer. One row: 0 or 1.
SELECT COUNT(*) FROM billing_decisions WHERE run_no = :run
