-- As many customers as the demo has invoices. The card is the gateway's token, :stripe or not; each tenth is declined.
INSERT INTO customers (id, name, email, customer_ref, payment_ref)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT i,
       CONCAT('Customer ', i),
       CONCAT('customer', i, '@example.org'),
       CASE WHEN :stripe THEN CONCAT('cus_demo', i) END,
       CASE WHEN :stripe
            THEN CASE WHEN i % 100 < :declined THEN 'pm_card_chargeDeclinedInsufficientFunds' ELSE 'pm_card_visa' END
            ELSE CASE WHEN i % 100 < :declined THEN CONCAT('V-DECLINE-202-', i) ELSE CONCAT('V', 1000 + i) END
       END
  FROM n
