-- The same transaction elsewhere, in another condition: its number stays. Rows: the number of differences.
UPDATE charge_differences d
  JOIN JSON_TABLE(:differences, '$[*]' COLUMNS (
         id BIGINT PATH '$.id' ERROR ON ERROR,
         detail VARCHAR(1000) PATH '$.detail' ERROR ON ERROR)) AS r ON r.id = d.id
   SET d.detail = r.detail,
       d.run_no = :run
