-- When the next waiting attempt may be claimed. One row, NULL where none waits.
SELECT MIN(not_before)
  FROM charge_attempts
 WHERE state = 'PENDING'
   AND not_before > UTC_TIMESTAMP(6)
   AND (:all = 1 OR invoice_id IN (<invoice_ids>))
