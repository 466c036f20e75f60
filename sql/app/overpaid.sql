-- Optional. The attempts whose booking, just made, left a credit, or paid what was not to be paid any more (its amount due is
-- back at zero then, as if all were well): each becomes a difference, so that a person pays it back or keeps it for the next
-- invoice.
-- given: <attempt_ids>
SELECT a.id AS attempt_id
  FROM charge_attempts a
  JOIN invoices i ON i.id = CAST(a.invoice_id AS UNSIGNED)
 WHERE a.id IN (<attempt_ids>)
   AND (i.amount_due < 0 OR i.cancelled_at IS NOT NULL)
