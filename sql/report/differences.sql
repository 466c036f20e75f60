-- What a person has to decide, oldest first.
SELECT id, kind, subject, invoice_id, detail, judged, run_no, opened_at
  FROM charge_differences
 WHERE state = 'OPEN'
 ORDER BY id
 LIMIT :limit
