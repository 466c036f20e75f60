-- Those of these transactions that the app's books have: asked before a charge is adopted, and by reconcile.
-- given: <gateway_transaction_ids>
SELECT p.gateway_transaction_id
  FROM payments p
 WHERE p.gateway_transaction_id IN (<gateway_transaction_ids>)
