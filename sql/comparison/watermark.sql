-- When the newest complete listing of this account was begun: not before this installation, since where the gateway tells no
-- account's id, a change of accounts began another one. One row; NULL: there was none.
SELECT MAX(listed_until)
  FROM billing_listings
 WHERE gateway = :gateway
   AND account_id = :account_id
   AND live_mode = :live_mode
   AND run_no >= COALESCE((SELECT MIN(i.run_no) FROM billing_installation i WHERE i.installation = :installation), 0)
