-- Every open difference, oldest first. Rows: up to :limit.
SELECT id, kind, subject, invoice_id, state, detail, judged, invoice_print, run_no, opened_at
  FROM charge_differences
 WHERE state = 'OPEN'
 ORDER BY id
 LIMIT :limit
