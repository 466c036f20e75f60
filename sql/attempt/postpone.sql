-- An invoice that the app keeps locked: its attempt waits, and holds up no others. One row; none where the attempt has
-- left PENDING meanwhile.
UPDATE charge_attempts
   SET not_before = UTC_TIMESTAMP(6) + INTERVAL :seconds SECOND, evidence = :why, run_no = :run
 WHERE id = :id
   AND state = 'PENDING'
