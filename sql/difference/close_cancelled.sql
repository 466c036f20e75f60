-- The claim of an attempt was refused, and it is cancelled since: nobody will claim it again. Where an approval is on
-- record, what was refused is its booking, and that is open still. Rows: any.
UPDATE charge_differences d
  JOIN charge_attempts a ON d.current_subject = CONVERT(a.charge_key USING utf8mb4) COLLATE utf8mb4_bin
  JOIN JSON_TABLE(:reasons, '$[*]' COLUMNS (id BIGINT PATH '$.id' ERROR ON ERROR)) AS r ON r.id = a.id
   SET d.state = 'GONE',
       d.closed_at = UTC_TIMESTAMP(6),
       d.run_no = :run
 WHERE d.kind = 'NOT_BOOKABLE'
   AND a.state = 'CANCELLED'
   AND a.sends NOT LIKE '%a%'
