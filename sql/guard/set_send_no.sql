-- Illegal: a send number is given out by a claim.
UPDATE charge_attempts SET send_no = 3, sends = '???' WHERE charge_key = :charge_key
