-- What this lease has in hand of these mails, with all that a letter needs. Rows: all of them, or none.
SELECT o.id, o.kind, o.tries, a.charge_key, a.currency, a.retry_on, a.invoice_row,
       CASE o.kind WHEN 'ACCEPTED' THEN a.settled_amount ELSE a.amount END AS amount,
       COALESCE(a.settled_at, a.ended_at) AS decided_at,
       EXISTS (SELECT 1
                 FROM charge_attempts y
                WHERE y.invoice_id = a.invoice_id
                  AND y.attempt_no > a.attempt_no
                  AND y.state IN ('SENT', 'REVIEW')) AS tried_again
  FROM outbox_emails o
  JOIN charge_attempts a ON a.id = o.attempt_id
 WHERE o.id IN (<ids>)
   AND o.leased_by = :lease
   AND o.state = 'READY'
 ORDER BY o.id
