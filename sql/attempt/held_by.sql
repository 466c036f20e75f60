-- The charge that declined this attempt, where its declines are held or void. Rows: one or none.
SELECT a.run_no
  FROM charge_attempts a
  JOIN billing_runs r ON r.run_no = a.run_no
 WHERE a.charge_key = :charge_key
   AND a.state = 'DECLINED'
   AND r.command = 'charge'
   AND r.declines IN ('HELD', 'VOID')
   FOR UPDATE
