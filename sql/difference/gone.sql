-- No longer so: it closes by itself. What this very run closed before counts as well: the answer to that COMMIT was lost.
-- Rows: the number of ids.
UPDATE charge_differences
   SET state = 'GONE', closed_at = UTC_TIMESTAMP(6), run_no = :run
 WHERE id IN (<ids>)
   AND (state <> 'GONE' OR run_no = :run)
