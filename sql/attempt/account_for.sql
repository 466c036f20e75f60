-- A person has looked where nobody asks any more: what is known now of the sends of an attempt that is not under way.
-- One row, or it is no longer as it was looked at.
UPDATE charge_attempts
   SET sends = :sends, evidence = :evidence, run_no = :run
 WHERE charge_key = :charge_key
   AND state IN ('DECLINED', 'CANCELLED', 'PENDING')
   AND sends = :known
