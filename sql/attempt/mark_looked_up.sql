-- The gateway was asked about them once more and has nothing new. Rows: the number of keys.
UPDATE charge_attempts SET looked_up_run = :run WHERE charge_key IN (<charge_keys>)
