-- The count must equal the number of differences.
INSERT INTO charge_differences (kind, subject, invoice_id, detail, judged, invoice_print, run_no, opened_at)
SELECT d.kind, d.subject, d.invoice_id, d.detail, :judged, d.invoice_print, :run, UTC_TIMESTAMP(6)
  FROM JSON_TABLE(:differences, '$[*]' COLUMNS (
         kind VARCHAR(20) PATH '$.kind' ERROR ON ERROR,
         subject VARCHAR(190) PATH '$.subject' ERROR ON ERROR,
         invoice_id VARCHAR(190) PATH '$.invoice_id' NULL ON EMPTY ERROR ON ERROR,
         detail VARCHAR(1000) PATH '$.detail' ERROR ON ERROR,
         invoice_print VARCHAR(700) PATH '$.invoice_print' NULL ON EMPTY ERROR ON ERROR)) AS d
