-- How many attempts stand where, and since when the oldest does. SENT apart from what is settling on a slow rail.
SELECT CASE WHEN state = 'SENT' AND settling_until > UTC_TIMESTAMP(6) THEN 'SETTLING' ELSE state END AS standing,
       COUNT(*) AS attempts,
       MIN(COALESCE(last_sent_at, created_at)) AS oldest,
       MAX(settling_until) AS until,
       SUM(CASE WHEN state = 'DECLINED' AND retry_on IS NULL THEN 1 ELSE 0 END) AS final
  FROM charge_attempts
 GROUP BY standing
 ORDER BY standing
