-- What is not over, and how old the oldest of it is: declines only where no younger attempt followed. Rows: a few.
SELECT a.state, a.settling_until IS NOT NULL AS settling, COUNT(*) AS count,
       MIN(COALESCE(a.ended_at, a.last_sent_at, a.created_at)) AS oldest
  FROM charge_attempts a
 WHERE a.state IN ('PENDING', 'SENT', 'REVIEW', 'DECLINED')
   AND NOT (a.state = 'DECLINED' AND EXISTS (SELECT 1
                                               FROM charge_attempts s
                                              WHERE s.invoice_id = a.invoice_id
                                                AND s.attempt_no > a.attempt_no))
 GROUP BY a.state, a.settling_until IS NOT NULL
