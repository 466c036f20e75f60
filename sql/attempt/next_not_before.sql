-- When the next waiting attempt may be claimed; also one whose time came within the last second, between the look for
-- candidates and this one. One row, NULL where none waits.
SELECT MIN(not_before)
  FROM charge_attempts
 WHERE state = 'PENDING'
   AND not_before > UTC_TIMESTAMP(6) - INTERVAL 1 SECOND
   AND (:all = 1 OR invoice_id IN (<invoice_ids>))
