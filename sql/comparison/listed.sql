-- A listing is complete. One row; none where it was noted before.
INSERT INTO billing_listings (run_no, gateway, account_id, live_mode, listed_from, listed_until, transactions)
SELECT :run, :gateway, :account_id, :live_mode, :listed_from, :listed_until, :transactions
  FROM (SELECT 1 AS one) AS nothing
 WHERE NOT EXISTS (SELECT 1 FROM billing_listings WHERE run_no = :run)
