-- Illegal once it was sent.
UPDATE charge_attempts SET amount = 2, amount_minor = 200 WHERE charge_key = :charge_key
