-- Always illegal.
DELETE FROM charge_events WHERE attempt_id IN (SELECT id FROM charge_attempts WHERE charge_key = :charge_key)
