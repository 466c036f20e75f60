-- When the newest complete listing of this account was begun: not before this installation, since where the gateway tells no
-- account's id, a change of accounts began another one. The newest is the newest run's; one that lies in the future was
-- written by a clock that was ahead, and nobody has seen what is made until then. One row; NULL: there was none.
SELECT (SELECT listed_until
          FROM billing_listings
         WHERE gateway = :gateway
           AND account_id = :account_id
           AND live_mode = :live_mode
           AND listed_until <= UTC_TIMESTAMP(6)
           AND run_no >= COALESCE((SELECT MIN(i.run_no) FROM billing_installation i WHERE i.installation = :installation), 0)
         ORDER BY run_no DESC
         LIMIT 1)
