-- The latest date for which one of these attempts was found due. One row.
SELECT MAX(as_of)
  FROM charge_attempts
 WHERE id IN (<ids>)
