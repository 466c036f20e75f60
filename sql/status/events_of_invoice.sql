-- The story of one invoice, oldest first. Rows: any.
SELECT e.attempt_id, e.at, e.run_no, e.by_user, e.from_state, e.to_state, e.send_no, e.sends, e.gateway_transaction_id,
       e.evidence, r.command, r.host, r.pid
  FROM charge_attempts a
  JOIN charge_events e ON e.attempt_id = a.id
  LEFT JOIN billing_runs r ON r.run_no = e.run_no
 WHERE a.invoice_id = :invoice_id
 ORDER BY a.attempt_no, e.id
