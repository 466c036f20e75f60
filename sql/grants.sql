-- What the user of the nightly run may do, and nothing more: no DELETE, no DDL, no TRIGGER. Run it after billing migrate,
-- as an administrator, with the schema as default database, and with your own user's name:
--   CREATE USER 'billing'@'localhost' IDENTIFIED BY '...';
--   mysql shop < grants.sql
-- The history is written by triggers with their owner's rights, so that this user needs no INSERT there.

GRANT SELECT, UPDATE ON billing_fence TO 'billing'@'localhost';
GRANT SELECT, INSERT ON billing_decisions TO 'billing'@'localhost';
GRANT SELECT, INSERT ON billing_installation TO 'billing'@'localhost';
GRANT SELECT, INSERT, UPDATE ON billing_runs TO 'billing'@'localhost';
GRANT SELECT, INSERT ON billing_listings TO 'billing'@'localhost';
GRANT SELECT ON billing_schema_history TO 'billing'@'localhost';
GRANT SELECT, INSERT, UPDATE ON charge_attempts TO 'billing'@'localhost';
GRANT SELECT, INSERT, UPDATE ON charge_differences TO 'billing'@'localhost';
-- UPDATE, which a trigger refuses: that it refuses is proved before every night's first claim.
GRANT SELECT, UPDATE ON charge_events TO 'billing'@'localhost';
GRANT SELECT, INSERT, UPDATE ON outbox_emails TO 'billing'@'localhost';

-- The app's tables: what the files of sql/app (or your own) need. MySQL asks UPDATE of whatever FOR UPDATE locks.
GRANT SELECT, UPDATE ON customers TO 'billing'@'localhost';
GRANT SELECT, UPDATE ON invoices TO 'billing'@'localhost';
GRANT SELECT, INSERT ON payments TO 'billing'@'localhost';
GRANT SELECT, INSERT ON transactions TO 'billing'@'localhost';
