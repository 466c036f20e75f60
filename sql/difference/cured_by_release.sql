-- The invoice is charged once more: that it is due again, and that its first charge was reversed, is settled by that. The
-- same may come up about the next charge, so they are not left standing as accepted. Rows: any.
UPDATE charge_differences
   SET state = 'GONE', closed_at = UTC_TIMESTAMP(6), closed_by = USER(), because = :because, run_no = :run
 WHERE invoice_id = :invoice_id
   AND kind IN ('DUE_AGAIN', 'REVERSED')
   AND state IN ('OPEN', 'ACCEPTED')
