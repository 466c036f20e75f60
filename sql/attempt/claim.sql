-- The one door: committed before any request leaves. The count must equal the number of orders. An order that was sent
-- before is written again unchanged; a trigger refuses any other.
UPDATE charge_attempts a
  JOIN JSON_TABLE(:orders, '$[*]' COLUMNS (
         id BIGINT PATH '$.id' ERROR ON ERROR,
         send_no INT PATH '$.send_no' ERROR ON ERROR,
         amount DECIMAL(19,4) PATH '$.amount' ERROR ON ERROR,
         amount_minor BIGINT PATH '$.amount_minor' ERROR ON ERROR,
         currency VARCHAR(3) PATH '$.currency' ERROR ON ERROR,
         customer_ref VARCHAR(255) PATH '$.customer_ref' NULL ON EMPTY ERROR ON ERROR,
         payment_ref VARCHAR(255) PATH '$.payment_ref' ERROR ON ERROR,
         description VARCHAR(500) PATH '$.description' NULL ON EMPTY ERROR ON ERROR,
         gateway VARCHAR(32) PATH '$.gateway' ERROR ON ERROR,
         account_id VARCHAR(128) PATH '$.account_id' ERROR ON ERROR,
         live_mode INT PATH '$.live_mode' ERROR ON ERROR,
         protocol INT PATH '$.protocol' ERROR ON ERROR,
         installation VARCHAR(32) PATH '$.installation' ERROR ON ERROR,
         invoice_row MEDIUMTEXT PATH '$.invoice_row' NULL ON EMPTY ERROR ON ERROR)) AS o ON o.id = a.id
   SET a.state = 'SENT',
       a.amount = o.amount,
       a.amount_minor = o.amount_minor,
       a.currency = o.currency,
       a.customer_ref = o.customer_ref,
       a.payment_ref = o.payment_ref,
       a.description = o.description,
       a.gateway = o.gateway,
       a.account_id = o.account_id,
       a.live_mode = o.live_mode,
       a.protocol = o.protocol,
       a.installation = o.installation,
       a.invoice_row = o.invoice_row,
       a.sends = CONCAT(a.sends, '?'),
       a.send_no = a.send_no + 1,
       a.first_sent_at = COALESCE(a.first_sent_at, :now),
       a.last_sent_at = :now,
       a.not_before = NULL,
       a.evidence = NULL,
       a.as_of = :as_of,
       a.run_no = :run
 WHERE a.state = 'PENDING'
   AND a.send_no = o.send_no
