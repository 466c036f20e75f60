-- Always illegal.
UPDATE charge_events e JOIN charge_attempts a ON a.id = e.attempt_id SET e.evidence = 'another' WHERE a.charge_key = :charge_key
