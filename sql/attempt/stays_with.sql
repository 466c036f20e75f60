-- A decline that is held or void stays one of that run, whoever has spoken of it since. One row.
UPDATE charge_attempts SET run_no = :run WHERE charge_key = :charge_key AND state = 'DECLINED'
