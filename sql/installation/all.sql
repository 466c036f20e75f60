-- Every row of the append-only table, the newest last. Rows: a few.
SELECT run_no, installation, prefix, gateway, account_id, live_mode, host FROM billing_installation ORDER BY run_no
