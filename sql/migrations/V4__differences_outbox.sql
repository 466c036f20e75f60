-- What a person has to decide, and what customers have to be told.

CREATE TABLE IF NOT EXISTS charge_differences (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'the number by which people name it',
  kind VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'CHARGED_ELSEWHERE, CHARGED_TWICE, UNKNOWN_HERE, UNKNOWN_THERE, UNBOOKED, AMOUNT, REVERSED, OVERPAID, DUE_AGAIN, NOT_CHARGEABLE, NOT_BOOKABLE',
  subject VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'what it is about: a charge key, a gateway transaction or an invoice',
  invoice_id VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'the invoice that it blocks while it is open',
  state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'OPEN' COMMENT 'OPEN; ACCEPTED by a person; GONE by itself',
  detail VARCHAR(1000) NOT NULL COMMENT 'in words',
  judged TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: found by looking at the invoice alone, and judged anew by every run',
  invoice_print VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'amount, currency, customer and payment method as they were: NOT_CHARGEABLE goes when they change',
  run_no BIGINT NOT NULL COMMENT 'the run that saw it last',
  opened_at DATETIME(6) NOT NULL COMMENT 'UTC',
  closed_at DATETIME(6) NULL COMMENT 'UTC',
  closed_by VARCHAR(255) NULL COMMENT 'the database user who accepted it',
  because VARCHAR(500) NULL COMMENT 'the person''s reason',
  current_subject VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    GENERATED ALWAYS AS (CASE WHEN state = 'GONE' THEN NULL ELSE subject END) STORED COMMENT 'one difference of a kind about a subject',
  PRIMARY KEY (id),
  UNIQUE KEY uq_difference (kind, current_subject),
  KEY ix_differences_invoice (invoice_id, state),
  KEY ix_differences_state (state),
  CONSTRAINT ck_differences_state CHECK (state IN ('OPEN','ACCEPTED','GONE'))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'What does not fit between gateway, books and us. Every open one blocks its invoice.';

DELIMITER $$
DROP TRIGGER IF EXISTS charge_differences_bd$$
CREATE TRIGGER charge_differences_bd BEFORE DELETE ON charge_differences FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30010, MESSAGE_TEXT = 'differences are closed, never deleted';
END$$
DELIMITER ;

CREATE TABLE IF NOT EXISTS outbox_emails (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'a number without meaning',
  attempt_id BIGINT NOT NULL COMMENT 'charge_attempts: what the mail is about; it is rendered when it is sent',
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'ACCEPTED, DECLINED',
  state VARCHAR(13) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'HELD until its run has ended; READY; SENT; UNDELIVERABLE for good; UNADDRESSED: the app gave no address; VOID: not to be told',
  run_no BIGINT NOT NULL COMMENT 'the run whose outcome it tells',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  not_before DATETIME(6) NULL COMMENT 'tried again from then, UTC',
  tries INT NOT NULL DEFAULT 0 COMMENT 'how often it was begun',
  leased_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the sender that has it in hand',
  leased_until DATETIME(6) NULL COMMENT 'until then nobody else takes it, UTC',
  sent_at DATETIME(6) NULL COMMENT 'UTC',
  last_error VARCHAR(500) NULL COMMENT 'what the mail server said',
  PRIMARY KEY (id),
  UNIQUE KEY uq_outbox (attempt_id, kind),
  KEY ix_outbox_state (state, not_before),
  KEY ix_outbox_run (run_no, state),
  CONSTRAINT fk_outbox_attempt FOREIGN KEY (attempt_id) REFERENCES charge_attempts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT ck_outbox_state CHECK (state IN ('HELD','READY','SENT','UNDELIVERABLE','UNADDRESSED','VOID')),
  CONSTRAINT ck_outbox_kind CHECK (kind IN ('ACCEPTED','DECLINED'))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'What customers have to be told, written in the transaction that made it true.';
