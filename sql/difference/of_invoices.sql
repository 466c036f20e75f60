-- What stands about these invoices, open or accepted. Rows: any.
SELECT id, kind, subject, invoice_id, state, detail, judged, invoice_print, run_no, opened_at
  FROM charge_differences
 WHERE invoice_id IN (<invoice_ids>)
   AND state <> 'GONE'
