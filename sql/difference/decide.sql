-- What a person decided: ACCEPTED where it stays as it is, GONE where the decision has cured it, so that it can come up
-- again. What was accepted of a refused order keeps its invoice back, and can be cured as well. One row, or somebody else
-- was quicker.
UPDATE charge_differences
   SET state = :state, closed_at = UTC_TIMESTAMP(6), closed_by = USER(), because = :because, run_no = :run
 WHERE id = :id
   AND (state = 'OPEN' OR (state = 'ACCEPTED' AND kind = 'NOT_CHARGEABLE' AND :state = 'GONE'))
