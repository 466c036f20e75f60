-- One invoice a customer, due today or within the last two weeks.
INSERT INTO invoices (id, customer_id, description, amount, amount_due, currency, due_on)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT 1000 + i,
       i,
       CONCAT('Invoice ', 1000 + i),
       9.00 + i % 40 * 5.25,
       9.00 + i % 40 * 5.25,
       CASE WHEN i % 12 = 0 THEN 'EUR' ELSE 'USD' END,
       :today - INTERVAL i % 14 DAY
  FROM n
