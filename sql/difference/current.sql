-- The differences of these subjects that are open or accepted, under lock. Rows: any.
SELECT id, kind, subject, invoice_id, state, detail, judged, invoice_print, run_no, opened_at
  FROM charge_differences
 WHERE current_subject IN (<subjects>)
 ORDER BY id
   FOR UPDATE
