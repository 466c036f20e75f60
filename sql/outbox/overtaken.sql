-- Which of these mails say no of what is charged by now (the attempt itself, approved late, or another one of its invoice), or
-- of what was tried again since, of which the customer is told: it would follow that letter, or name its day as to come.
-- Rows: up to the number of ids.
SELECT o.id
  FROM outbox_emails o
  JOIN charge_attempts a ON a.id = o.attempt_id
  LEFT JOIN charge_attempts s ON s.live_invoice = a.invoice_id AND s.state = 'SETTLED'
 WHERE o.id IN (<ids>)
   AND o.kind = 'DECLINED'
   AND (a.state = 'SETTLED'
        OR s.id IS NOT NULL
        OR EXISTS (SELECT 1
                     FROM charge_attempts y
                     JOIN outbox_emails t ON t.attempt_id = y.id
                    WHERE y.invoice_id = a.invoice_id
                      AND y.attempt_no > a.attempt_no
                      AND t.state IN ('READY', 'SENT')))
