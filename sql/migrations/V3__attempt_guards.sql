-- The state machine, enforced where neither a bug of ours nor a person at a SQL prompt gets past it.

DELIMITER $$
DROP TRIGGER IF EXISTS charge_attempts_bi$$
CREATE TRIGGER charge_attempts_bi BEFORE INSERT ON charge_attempts FOR EACH ROW
BEGIN
  IF NOT (NEW.state = 'PENDING' AND NEW.adopted = 0 AND NEW.send_no = 0
      OR NEW.state = 'SENT' AND NEW.adopted = 1 AND NEW.send_no = 1) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30001, MESSAGE_TEXT = 'an attempt begins PENDING and unsent, or SENT and adopted';
  END IF;
  IF NEW.released_at IS NOT NULL OR NEW.settled_at IS NOT NULL OR NEW.settled_amount IS NOT NULL THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30001, MESSAGE_TEXT = 'an attempt begins neither settled nor released';
  END IF;
END$$

DROP TRIGGER IF EXISTS charge_attempts_bu$$
CREATE TRIGGER charge_attempts_bu BEFORE UPDATE ON charge_attempts FOR EACH ROW
BEGIN
  IF NOT (NEW.id <=> OLD.id AND NEW.invoice_id <=> OLD.invoice_id AND NEW.attempt_no <=> OLD.attempt_no
      AND NEW.charge_key <=> OLD.charge_key AND NEW.created_at <=> OLD.created_at AND NEW.adopted <=> OLD.adopted) THEN
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

DROP TRIGGER IF EXISTS charge_attempts_bd$$
CREATE TRIGGER charge_attempts_bd BEFORE DELETE ON charge_attempts FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30008, MESSAGE_TEXT = 'attempts are never deleted';
END$$

DROP TRIGGER IF EXISTS charge_attempts_ai$$
CREATE TRIGGER charge_attempts_ai AFTER INSERT ON charge_attempts FOR EACH ROW
BEGIN
  INSERT INTO charge_events (attempt_id, at, run_no, by_user, from_state, to_state, send_no, sends, gateway_transaction_id, evidence)
  VALUES (NEW.id, UTC_TIMESTAMP(6), NEW.run_no, USER(), NULL, NEW.state, NEW.send_no, NEW.sends, NEW.gateway_transaction_id, NEW.evidence);
END$$

DROP TRIGGER IF EXISTS charge_attempts_au$$
CREATE TRIGGER charge_attempts_au AFTER UPDATE ON charge_attempts FOR EACH ROW
BEGIN
  IF NOT (NEW.state <=> OLD.state AND NEW.send_no <=> OLD.send_no AND NEW.sends <=> OLD.sends
      AND NEW.evidence <=> OLD.evidence AND NEW.gateway_transaction_id <=> OLD.gateway_transaction_id
      AND NEW.released_at <=> OLD.released_at) THEN
    INSERT INTO charge_events (attempt_id, at, run_no, by_user, from_state, to_state, send_no, sends, gateway_transaction_id, evidence)
    VALUES (NEW.id, UTC_TIMESTAMP(6), NEW.run_no, USER(), OLD.state, NEW.state, NEW.send_no, NEW.sends, NEW.gateway_transaction_id, NEW.evidence);
  END IF;
END$$

DROP TRIGGER IF EXISTS charge_events_bu$$
CREATE TRIGGER charge_events_bu BEFORE UPDATE ON charge_events FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30009, MESSAGE_TEXT = 'charge_events is append-only';
END$$
DROP TRIGGER IF EXISTS charge_events_bd$$
CREATE TRIGGER charge_events_bd BEFORE DELETE ON charge_events FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30009, MESSAGE_TEXT = 'charge_events is append-only';
END$$
DELIMITER ;
