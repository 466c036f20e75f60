-- What people decided, and why: billing resolve writes a row in the transaction that does it.

CREATE TABLE IF NOT EXISTS billing_decisions (
  run_no BIGINT NOT NULL COMMENT 'billing_runs: the run of billing resolve, and so which host and when it began',
  decision VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SETTLED, NOT_CHARGED, CHARGE_AGAIN, ACCEPT, CHARGE_IT, ALREADY_PAID, BOOK, TELL, VOID',
  about VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'a charge key, an invoice, the number of a difference or of a run, as the decision says',
  because VARCHAR(500) NOT NULL COMMENT 'the person''s reason',
  evidence VARCHAR(1000) NOT NULL COMMENT 'what the gateway said to it, in words',
  by_user VARCHAR(255) NOT NULL DEFAULT '' COMMENT 'the database user; written by the trigger',
  at DATETIME(6) NULL COMMENT 'UTC; written by the trigger',
  PRIMARY KEY (run_no),
  KEY ix_decisions_about (about)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'Append-only. One row for each decision of a person.';

DELIMITER $$
DROP TRIGGER IF EXISTS billing_decisions_bi$$
CREATE TRIGGER billing_decisions_bi BEFORE INSERT ON billing_decisions FOR EACH ROW
BEGIN
  SET NEW.by_user = USER();
  SET NEW.at = UTC_TIMESTAMP(6);
END$$
DROP TRIGGER IF EXISTS billing_decisions_bu$$
CREATE TRIGGER billing_decisions_bu BEFORE UPDATE ON billing_decisions FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30011, MESSAGE_TEXT = 'billing_decisions is append-only';
END$$
DROP TRIGGER IF EXISTS billing_decisions_bd$$
CREATE TRIGGER billing_decisions_bd BEFORE DELETE ON billing_decisions FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30011, MESSAGE_TEXT = 'billing_decisions is append-only';
END$$
DELIMITER ;
