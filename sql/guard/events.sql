-- What the triggers wrote about a sentinel. One row.
SELECT COUNT(*) FROM charge_events e JOIN charge_attempts a ON a.id = e.attempt_id WHERE a.charge_key = :charge_key
