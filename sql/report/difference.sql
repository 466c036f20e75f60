-- One difference by its number. Rows: one or none.
SELECT id, kind, subject, invoice_id, state, detail, judged, run_no, opened_at, closed_at, closed_by, because
  FROM charge_differences
 WHERE id = :id
