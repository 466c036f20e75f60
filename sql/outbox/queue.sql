-- What the customers have to be told, in the transaction that made it true. The count must equal the number of ids. The
-- app's row says whether there is an address.
INSERT INTO outbox_emails (attempt_id, kind, state, run_no, created_at)
SELECT a.id, :kind, CASE WHEN JSON_EXTRACT(a.invoice_row, '$.email') IS NULL THEN 'UNADDRESSED' ELSE :state END, :run,
       UTC_TIMESTAMP(6)
  FROM charge_attempts a
 WHERE a.id IN (<ids>)
