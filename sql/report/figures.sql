-- What one run did, by state and currency: the attempts that it was the last to change.
SELECT CASE WHEN state = 'SENT' AND settling_until > UTC_TIMESTAMP(6) THEN 'SETTLING' ELSE state END AS standing,
       currency,
       COUNT(*) AS attempts,
       SUM(amount_minor) AS minor,
       SUM(CASE WHEN retry_on IS NOT NULL THEN 1 ELSE 0 END) AS retried,
       MIN(retry_on) AS next_retry,
       MAX(settling_until) AS until
  FROM charge_attempts
 WHERE run_no = :run
 GROUP BY standing, currency
 ORDER BY standing, currency
