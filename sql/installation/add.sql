-- Once per run of billing enroll. One row.
INSERT INTO billing_installation (run_no, installation, prefix, gateway, account_id, live_mode, host, because)
VALUES (:run, :installation, :prefix, :gateway, :account_id, :live_mode, :host, :because)
