-- Always illegal.
DELETE FROM charge_attempts WHERE charge_key = :charge_key
