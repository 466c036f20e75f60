-- The same columns for those of these invoices that are still due, locked until the claim is committed.
-- given: <invoice_ids>, :as_of
SELECT i.id AS invoice_id,
       i.amount_due,
       i.currency,
       c.payment_ref,
       c.customer_ref,
       c.name AS customer_name,
       c.email,
       i.description,
       i.due_on
  FROM invoices i
  JOIN customers c ON c.id = i.customer_id
 WHERE i.id IN (<invoice_ids>)
   AND i.amount_due > 0
   AND i.due_on <= :as_of
   AND i.cancelled_at IS NULL
 ORDER BY i.id
   FOR UPDATE
