-- A sentinel, never committed: no app's id looks like it. One row.
INSERT INTO charge_attempts
       (invoice_id, attempt_no, state, amount, amount_minor, currency, payment_ref, gateway, charge_key, live_mode,
        protocol, installation, as_of, run_no, created_at)
VALUES (:invoice_id, :attempt_no, :state, 1, 100, 'USD', 'guard proof', 'none', :charge_key, 0, 0, 'none',
        UTC_DATE(), :run, UTC_TIMESTAMP(6))
