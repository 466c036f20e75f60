-- What is open of these kinds: one keyset page, by its number. Rows: up to :limit.
SELECT id, kind, subject, invoice_id, state, detail, judged, invoice_print, run_no, opened_at
  FROM charge_differences
 WHERE state = 'OPEN'
   AND kind IN (<kinds>)
   AND id > :after
 ORDER BY id
 LIMIT :limit
