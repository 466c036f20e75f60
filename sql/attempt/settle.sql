-- Approved, from whatever state the table of transitions allows. The count must equal the number of approvals. The app's row
-- comes with one that no claim has kept it for.
UPDATE charge_attempts a
  JOIN JSON_TABLE(:approvals, '$[*]' COLUMNS (
         id BIGINT PATH '$.id' ERROR ON ERROR,
         send_no INT PATH '$.send_no' ERROR ON ERROR,
         state VARCHAR(10) PATH '$.state' ERROR ON ERROR,
         sends VARCHAR(64) PATH '$.sends' ERROR ON ERROR,
         evidence VARCHAR(1000) PATH '$.evidence' ERROR ON ERROR,
         transaction_id VARCHAR(128) PATH '$.transaction_id' ERROR ON ERROR,
         taken DECIMAL(19,4) PATH '$.taken' ERROR ON ERROR,
         invoice_row MEDIUMTEXT PATH '$.invoice_row' NULL ON EMPTY ERROR ON ERROR)) AS p ON p.id = a.id
   SET a.state = 'SETTLED',
       a.sends = p.sends,
       a.evidence = p.evidence,
       a.gateway_transaction_id = p.transaction_id,
       a.settled_amount = p.taken,
       a.settled_at = UTC_TIMESTAMP(6),
       a.ended_at = UTC_TIMESTAMP(6),
       a.settling_until = NULL,
       a.not_before = NULL,
       a.invoice_row = COALESCE(a.invoice_row, p.invoice_row),
       a.run_no = :run
 WHERE a.send_no = p.send_no
   AND CONVERT(a.state USING utf8mb4) = CONVERT(p.state USING utf8mb4)
