-- Who bore that number. Rows: one or none.
SELECT holder FROM billing_runs WHERE run_no = :run
