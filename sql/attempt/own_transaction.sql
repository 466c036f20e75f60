-- Which of these transactions already belong to an attempt. Rows: any.
SELECT gateway_transaction_id
  FROM charge_attempts
 WHERE gateway = :gateway
   AND account_id = :account_id
   AND gateway_transaction_id IN (<gateway_transaction_ids>)
