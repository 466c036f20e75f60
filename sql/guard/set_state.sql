-- Illegal wherever the proof tries it.
UPDATE charge_attempts SET state = :state WHERE charge_key = :charge_key
