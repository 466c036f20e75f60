-- When the next waiting attempt may be claimed; also one whose time came after the look for candidates. One row, NULL where
-- none waits.
SELECT MIN(not_before)
  FROM charge_attempts
 WHERE state = 'PENDING'
   AND not_before > :looked_at
   AND (:all = 1 OR invoice_id IN (<invoice_ids>))
