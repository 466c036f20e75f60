-- A person has looked where nobody asks any more: what is known now of the sends of an attempt that is not under way. What
-- a run declined whose declines are held or void stays that run's. One row, or it is no longer as it was looked at.
UPDATE charge_attempts a
  LEFT JOIN billing_runs r ON r.run_no = a.run_no AND r.declines IN ('HELD', 'VOID')
   SET a.sends = :sends, a.evidence = :evidence, a.run_no = COALESCE(r.run_no, :run)
 WHERE a.charge_key = :charge_key
   AND a.state IN ('DECLINED', 'CANCELLED', 'PENDING')
   AND a.sends = :known
