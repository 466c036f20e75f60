-- The same for an attempt that the database takes for unsent. One row.
UPDATE charge_attempts
   SET state = 'SENT', adopted = 1, amount = :amount, amount_minor = :amountMinor, currency = :currency,
       customer_ref = :customerRef, payment_ref = :paymentRef, description = NULL, gateway = :gateway,
       account_id = :accountId, live_mode = :liveMode, protocol = :protocol, installation = :installation,
       gateway_transaction_id = :transaction, send_no = 1, sends = '?', first_sent_at = :firstSentAt, last_sent_at = :lastSentAt,
       not_before = NULL, evidence = :evidence, invoice_row = :invoiceRow, run_no = :runNo
 WHERE charge_key = :chargeKey
   AND state = 'PENDING'
   AND send_no = 0
