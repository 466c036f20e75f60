-- All differences that concern one invoice, whatever became of them.
SELECT id, kind, subject, invoice_id, state, detail, judged, run_no, opened_at, closed_at, closed_by, because
  FROM charge_differences
 WHERE invoice_id = :invoice
 ORDER BY id
