-- When the newest complete listing of this account was begun. One row; NULL: there was none.
SELECT MAX(listed_until)
  FROM billing_listings
 WHERE gateway = :gateway
   AND account_id = :account_id
   AND live_mode = :live_mode
