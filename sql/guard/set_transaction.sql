-- Refused for the second attempt that wants the same transaction.
UPDATE charge_attempts SET gateway_transaction_id = :transaction WHERE charge_key = :charge_key
