-- New attempts, all or none: another run's attempt of the same invoice is a duplicate in uq_live_invoice. The count must
-- equal their number. (Not INSERT ... SELECT: some releases of MariaDB, 11.4.5 and 10.11.11 among them, refuse its second
-- row with error 1048 where a table has triggers: MDEV-36026.)
INSERT INTO charge_attempts
       (invoice_id, attempt_no, state, amount, amount_minor, currency, customer_ref, payment_ref, description, gateway,
        account_id, live_mode, protocol, installation, charge_key, as_of, declines_before, first_declined_on, run_no,
        created_at)
VALUES <attempts>
