-- How far the gateway's listing was held against our rows, and the adoption of what the database forgot.

CREATE TABLE IF NOT EXISTS billing_listings (
  run_no BIGINT NOT NULL COMMENT 'billing_runs: the run that compared',
  gateway VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'kind of the gateway',
  account_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'the gateway account; empty where the gateway does not tell',
  live_mode TINYINT(1) NOT NULL COMMENT '1: real money; 0: the gateway''s test mode',
  listed_from DATETIME(6) NOT NULL COMMENT 'the listing began with what was made then, UTC',
  listed_until DATETIME(6) NOT NULL COMMENT 'when the listing was begun, UTC: the newest is the watermark from which the next one goes on',
  transactions BIGINT NOT NULL COMMENT 'how many were listed',
  PRIMARY KEY (run_no),
  KEY ix_listings_account (gateway, account_id, live_mode, listed_until)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'One row for each complete listing that leaves no gap behind the one before it.';

-- An attempt that is SETTLED is found by the time of its booking. (Only MariaDB knows ADD KEY IF NOT EXISTS.)
SET @add_key = CASE WHEN EXISTS (SELECT 1 FROM information_schema.statistics
                                  WHERE table_schema = DATABASE() AND table_name = 'charge_attempts'
                                    AND index_name = 'ix_attempts_settled')
                    THEN 'DO 0' ELSE 'ALTER TABLE charge_attempts ADD KEY ix_attempts_settled (settled_at)' END;
PREPARE add_key FROM @add_key;
EXECUTE add_key;
DEALLOCATE PREPARE add_key;

-- As in V3, but one rule is wider: an attempt that the database takes for unsent, and whose charge the gateway has, is
-- adopted by the very claim that makes it SENT.
DELIMITER $$
DROP TRIGGER IF EXISTS charge_attempts_bu$$
CREATE TRIGGER charge_attempts_bu BEFORE UPDATE ON charge_attempts FOR EACH ROW
BEGIN
  IF NOT (NEW.id <=> OLD.id AND NEW.invoice_id <=> OLD.invoice_id AND NEW.attempt_no <=> OLD.attempt_no
      AND NEW.charge_key <=> OLD.charge_key AND NEW.created_at <=> OLD.created_at
      AND (NEW.adopted <=> OLD.adopted
        OR NEW.adopted = 1 AND OLD.adopted = 0 AND OLD.state = 'PENDING' AND OLD.send_no = 0 AND NEW.state = 'SENT')) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30002, MESSAGE_TEXT = 'the identity of an attempt never changes';
  END IF;

  IF NOT (NEW.state = OLD.state
      OR OLD.state = 'PENDING'   AND NEW.state IN ('SENT','CANCELLED','SETTLED')
      OR OLD.state = 'SENT'      AND NEW.state IN ('SETTLED','DECLINED','PENDING','CANCELLED','REVIEW')
      OR OLD.state = 'REVIEW'    AND NEW.state IN ('SETTLED','CANCELLED')
      OR OLD.state = 'DECLINED'  AND NEW.state = 'SETTLED'
      OR OLD.state = 'CANCELLED' AND NEW.state = 'SETTLED') THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30003, MESSAGE_TEXT = 'this transition of an attempt is not legal';
  END IF;

  IF OLD.send_no > 0 AND NOT (NEW.amount <=> OLD.amount AND NEW.amount_minor <=> OLD.amount_minor
      AND NEW.currency <=> OLD.currency AND NEW.customer_ref <=> OLD.customer_ref AND NEW.payment_ref <=> OLD.payment_ref
      AND NEW.description <=> OLD.description AND NEW.gateway <=> OLD.gateway AND NEW.account_id <=> OLD.account_id
      AND NEW.live_mode <=> OLD.live_mode AND NEW.protocol <=> OLD.protocol AND NEW.installation <=> OLD.installation) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30004, MESSAGE_TEXT = 'the order of an attempt is frozen at its first send';
  END IF;

  -- A send number is given out by the claim, one at a time, and by nothing else.
  IF NOT (NEW.send_no = OLD.send_no + CASE WHEN OLD.state = 'PENDING' AND NEW.state = 'SENT' THEN 1 ELSE 0 END
      AND CHAR_LENGTH(NEW.sends) = NEW.send_no) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30005, MESSAGE_TEXT = 'a send number is given out by a claim alone, one at a time';
  END IF;
  IF NOT (NEW.first_sent_at <=> OLD.first_sent_at OR OLD.first_sent_at IS NULL AND NEW.send_no = 1)
      OR NOT (NEW.last_sent_at <=> OLD.last_sent_at OR NEW.send_no > OLD.send_no) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30005, MESSAGE_TEXT = 'the times of sends are written by claims, the first one once';
  END IF;
  IF NEW.send_no > 0 AND (NEW.first_sent_at IS NULL OR NEW.last_sent_at IS NULL) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30005, MESSAGE_TEXT = 'a send has a time';
  END IF;

  IF NEW.state = 'SETTLED' AND (NEW.gateway_transaction_id IS NULL OR NEW.settled_amount IS NULL OR NEW.settled_at IS NULL)
      OR OLD.state = 'SETTLED' AND NOT (NEW.gateway_transaction_id <=> OLD.gateway_transaction_id
        AND NEW.settled_amount <=> OLD.settled_amount AND NEW.settled_at <=> OLD.settled_at) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30007, MESSAGE_TEXT = 'SETTLED names transaction, amount and time, once and for all';
  END IF;
  IF NOT (NEW.released_at <=> OLD.released_at OR OLD.released_at IS NULL AND OLD.state = 'SETTLED') THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30007, MESSAGE_TEXT = 'only a SETTLED attempt is released, once';
  END IF;
END$$
DELIMITER ;
