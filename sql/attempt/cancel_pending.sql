-- PENDING attempts that are not to be sent any more. Rows: those that were PENDING still.
UPDATE charge_attempts a
  JOIN JSON_TABLE(:reasons, '$[*]' COLUMNS (
         id BIGINT PATH '$.id' ERROR ON ERROR,
         why VARCHAR(1000) PATH '$.why' ERROR ON ERROR)) AS r ON r.id = a.id
   SET a.state = 'CANCELLED',
       a.evidence = r.why,
       a.ended_at = UTC_TIMESTAMP(6),
       a.not_before = NULL,
       a.run_no = :run
 WHERE a.state = 'PENDING'
