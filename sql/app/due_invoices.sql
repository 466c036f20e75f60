-- One page of what is due, in the order of invoice_id.
-- given: :as_of (the run's date), :after (the last invoice_id of the page before; NULL on the first), :limit
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
 WHERE i.amount_due > 0
   AND i.due_on <= :as_of
   AND i.cancelled_at IS NULL
   AND i.id > COALESCE(CAST(:after AS UNSIGNED), 0)
 ORDER BY i.id
 LIMIT :limit
