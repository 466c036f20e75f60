-- When this account was pinned: nothing of ours was sent to it before. One row; NULL: it is not on record.
SELECT MIN(at)
  FROM billing_installation
 WHERE installation = :installation
   AND gateway = :gateway
   AND COALESCE(account_id, '') = :account_id
   AND live_mode = :live_mode
