-- Found by looking at a due invoice alone, and not seen again by a run that looked at every due invoice. Rows: any.
UPDATE charge_differences
   SET state = 'GONE', closed_at = UTC_TIMESTAMP(6), run_no = :run
 WHERE state = 'OPEN'
   AND judged = 1
   AND run_no <> :run
