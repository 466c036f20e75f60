-- Who may claim, which runs there were, and whose installation this is.
-- Each statement of a migration can be repeated, so that one that failed half way is simply run again.

CREATE TABLE IF NOT EXISTS billing_fence (
  id TINYINT NOT NULL COMMENT 'always 1: there is one fence',
  epoch BIGINT NOT NULL COMMENT 'raised by every run; the number of the run that holds the fence',
  holder VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'random, by whoever raised the epoch: numbers come back after a restore',
  seq BIGINT NOT NULL COMMENT 'counts the claims and noes of this epoch; each begins with a real change of this row',
  paused TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: nothing is claimed (billing pause)',
  paused_because VARCHAR(500) NULL COMMENT 'why, in the words of the person who paused',
  paused_at DATETIME(6) NULL COMMENT 'since when, UTC',
  raised_at DATETIME(6) NULL COMMENT 'when the epoch was raised last, UTC',
  PRIMARY KEY (id),
  CONSTRAINT ck_fence_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'One row. Every claim and every no changes it first; whoever finds it changed by another has been fenced off.';

INSERT INTO billing_fence (id, epoch, holder, seq)
SELECT 1, 0, '', 0 FROM (SELECT 1 AS one) AS nothing WHERE NOT EXISTS (SELECT 1 FROM billing_fence);

CREATE TABLE IF NOT EXISTS billing_runs (
  run_no BIGINT NOT NULL COMMENT 'the epoch that the run raised',
  holder VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'as in the fence',
  command VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'charge, reconcile, resolve, ...',
  host VARCHAR(255) NOT NULL COMMENT 'the machine, by name',
  pid BIGINT NOT NULL COMMENT 'the process there',
  version VARCHAR(64) NOT NULL COMMENT 'of the program',
  server VARCHAR(255) NOT NULL COMMENT 'identity of the database server that it ran on',
  as_of DATE NULL COMMENT 'the date for which it charged, in the business''s time zone',
  started_at DATETIME(6) NOT NULL COMMENT 'UTC',
  ended_at DATETIME(6) NULL COMMENT 'UTC; NULL: runs, or died',
  exit_code SMALLINT NULL COMMENT 'as in --help; NULL: runs, or died',
  declines VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'COUNT' COMMENT 'COUNT: told when the run has ended; HELD: ended by charge.max-declines, a person decides; TOLD or VOID: what the person said',
  summary MEDIUMTEXT NULL COMMENT 'JSON: what the command printed at its end',
  PRIMARY KEY (run_no),
  KEY ix_runs_open (ended_at),
  CONSTRAINT ck_runs_declines CHECK (declines IN ('COUNT','HELD','TOLD','VOID'))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'One row for each command that raised the fence.';

CREATE TABLE IF NOT EXISTS billing_installation (
  run_no BIGINT NOT NULL COMMENT 'the run of billing enroll that wrote the row; the highest is in force',
  installation VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'random id; travels along with every charge',
  prefix VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'begins every charge key',
  gateway VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'kind of the gateway',
  account_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the account''s own id; NULL: the gateway does not tell',
  live_mode TINYINT(1) NOT NULL COMMENT '1: real money; 0: the gateway''s test mode',
  host VARCHAR(255) NOT NULL COMMENT 'the host that this row admits',
  because VARCHAR(500) NOT NULL COMMENT 'the person''s reason',
  by_user VARCHAR(255) NOT NULL DEFAULT '' COMMENT 'the database user; written by the trigger',
  at DATETIME(6) NULL COMMENT 'UTC; written by the trigger',
  PRIMARY KEY (run_no)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'Append-only. Whose installation this is: pinned account, prefix and admitted hosts.';

DELIMITER $$
DROP TRIGGER IF EXISTS billing_installation_bi$$
CREATE TRIGGER billing_installation_bi BEFORE INSERT ON billing_installation FOR EACH ROW
BEGIN
  SET NEW.by_user = USER();
  SET NEW.at = UTC_TIMESTAMP(6);
END$$
DROP TRIGGER IF EXISTS billing_installation_bu$$
CREATE TRIGGER billing_installation_bu BEFORE UPDATE ON billing_installation FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30006, MESSAGE_TEXT = 'billing_installation is append-only';
END$$
DROP TRIGGER IF EXISTS billing_installation_bd$$
CREATE TRIGGER billing_installation_bd BEFORE DELETE ON billing_installation FOR EACH ROW
BEGIN
  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30006, MESSAGE_TEXT = 'billing_installation is append-only';
END$$
DELIMITER ;
