-- Charges that the database forgot come back as SENT: the gateway is asked about them as about any other. The count must
-- equal their number. (Not INSERT ... SELECT, as in enqueue.sql.)
INSERT INTO charge_attempts
       (invoice_id, attempt_no, state, amount, amount_minor, currency, customer_ref, payment_ref, description, gateway,
        account_id, live_mode, protocol, installation, charge_key, gateway_transaction_id, as_of, declines_before,
        first_declined_on, run_no, created_at, first_sent_at, last_sent_at, send_no, sends, adopted, evidence, invoice_row)
VALUES <attempts>
