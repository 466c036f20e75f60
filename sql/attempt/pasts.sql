-- What we remember of these invoices: all their attempts, oldest first. Only a charge's declines can be declared void: what
-- a reconciliation holds are letters. Rows: any.
SELECT a.invoice_id, a.attempt_no, a.state, a.payment_ref, a.hard, a.retry_on, a.declines_before, a.first_declined_on,
       a.as_of, a.released_at, COALESCE(r.declines, 'COUNT') AS declines
  FROM charge_attempts a FORCE INDEX (uq_invoice_attempt)
  LEFT JOIN billing_runs r ON r.run_no = a.run_no AND r.declines = 'VOID' AND r.command = 'charge'
 WHERE a.invoice_id IN (<invoice_ids>)
 ORDER BY a.invoice_id, a.attempt_no
