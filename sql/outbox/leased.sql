-- What this lease has in hand of these mails, with all that a letter needs. Rows: all of them, or none.
SELECT o.id, o.kind, o.tries, a.charge_key, a.currency, a.retry_on, a.invoice_row,
       CASE o.kind WHEN 'ACCEPTED' THEN a.settled_amount ELSE a.amount END AS amount,
       COALESCE(a.settled_at, a.ended_at) AS decided_at
  FROM outbox_emails o
  JOIN charge_attempts a ON a.id = o.attempt_id
 WHERE o.id IN (<ids>)
   AND o.leased_by = :lease
   AND o.state = 'READY'
 ORDER BY o.id
