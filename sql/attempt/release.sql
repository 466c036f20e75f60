-- A person allows one more charge of the invoice. The unique key over live attempts lets it go from here on. One row, or
-- somebody else was quicker.
UPDATE charge_attempts
   SET released_at = UTC_TIMESTAMP(6), evidence = :evidence, run_no = :run
 WHERE charge_key = :charge_key
   AND state = 'SETTLED'
   AND released_at IS NULL
