-- Which of these mails say no of what is charged by now: the attempt itself, approved late, or another one of its invoice.
-- Rows: up to the number of ids.
SELECT o.id
  FROM outbox_emails o
  JOIN charge_attempts a ON a.id = o.attempt_id
  LEFT JOIN charge_attempts s ON s.live_invoice = a.invoice_id AND s.state = 'SETTLED'
 WHERE o.id IN (<ids>)
   AND o.kind = 'DECLINED'
   AND (a.state = 'SETTLED' OR s.id IS NOT NULL)
