-- Always illegal.
UPDATE charge_attempts SET invoice_id = 'another' WHERE charge_key = :charge_key
