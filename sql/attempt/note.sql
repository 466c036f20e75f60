-- An approval that cannot be booked, or not here: it is put on record and nothing else changes. Rows: one.
UPDATE charge_attempts
   SET sends = :sends, evidence = :evidence, run_no = :run
 WHERE charge_key = :charge_key
   AND send_no = :send_no
