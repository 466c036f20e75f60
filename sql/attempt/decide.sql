-- Noes, and what was learned about attempts that stay SENT, under key and send number: a runner that slept cannot say no
-- about somebody else's send. From REVIEW a person alone leads out. The count must equal the number of outcomes.
UPDATE charge_attempts a
  JOIN JSON_TABLE(:outcomes, '$[*]' COLUMNS (
         id BIGINT PATH '$.id' ERROR ON ERROR,
         send_no INT PATH '$.send_no' ERROR ON ERROR,
         from_state VARCHAR(10) PATH '$.from_state' ERROR ON ERROR,
         state VARCHAR(10) PATH '$.state' ERROR ON ERROR,
         sends VARCHAR(64) PATH '$.sends' ERROR ON ERROR,
         evidence VARCHAR(1000) PATH '$.evidence' ERROR ON ERROR,
         transaction_id VARCHAR(128) PATH '$.transaction_id' NULL ON EMPTY ERROR ON ERROR,
         settling_until VARCHAR(26) PATH '$.settling_until' NULL ON EMPTY ERROR ON ERROR,
         not_before VARCHAR(26) PATH '$.not_before' NULL ON EMPTY ERROR ON ERROR,
         decline_code VARCHAR(64) PATH '$.decline_code' NULL ON EMPTY ERROR ON ERROR,
         decline_text VARCHAR(500) PATH '$.decline_text' NULL ON EMPTY ERROR ON ERROR,
         hard INT PATH '$.hard' ERROR ON ERROR,
         first_declined_on VARCHAR(10) PATH '$.first_declined_on' NULL ON EMPTY ERROR ON ERROR,
         retry_on VARCHAR(10) PATH '$.retry_on' NULL ON EMPTY ERROR ON ERROR)) AS o ON o.id = a.id
   SET a.ended_at = CASE WHEN o.state IN ('DECLINED', 'CANCELLED') THEN UTC_TIMESTAMP(6) ELSE NULL END,
       a.state = o.state,
       a.sends = o.sends,
       a.evidence = o.evidence,
       a.gateway_transaction_id = COALESCE(o.transaction_id, a.gateway_transaction_id),
       a.settling_until = o.settling_until,
       a.not_before = o.not_before,
       a.decline_code = o.decline_code,
       a.decline_text = o.decline_text,
       a.hard = o.hard,
       a.first_declined_on = COALESCE(o.first_declined_on, a.first_declined_on),
       a.retry_on = o.retry_on,
       a.run_no = :run
 WHERE a.state IN ('SENT', 'REVIEW')
   AND CONVERT(a.state USING utf8mb4) = CONVERT(o.from_state USING utf8mb4)
   AND a.send_no = o.send_no
