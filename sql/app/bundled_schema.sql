-- The invoicing app's tables that the bundled files of this folder fit: what the demo and the tests run on.
-- Amounts are in major units, with as many decimals as the currency with the most of them needs.

CREATE TABLE IF NOT EXISTS customers (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name VARCHAR(200) NOT NULL,
  email VARCHAR(254) NULL,
  customer_ref VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'the gateway''s name of the customer',
  payment_ref VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'the gateway''s token of the stored card or account; NULL: pays otherwise',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS invoices (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BIGINT UNSIGNED NOT NULL,
  description VARCHAR(500) NULL,
  amount DECIMAL(19,4) NOT NULL COMMENT 'the invoice''s total',
  amount_due DECIMAL(19,4) NOT NULL COMMENT 'what is left to pay; negative: a credit',
  currency CHAR(3) NOT NULL COMMENT 'ISO 4217',
  due_on DATE NOT NULL,
  cancelled_at DATETIME(6) NULL,
  PRIMARY KEY (id),
  KEY ix_invoices_customer (customer_id),
  CONSTRAINT fk_invoices_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS payments (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  invoice_id BIGINT UNSIGNED NOT NULL,
  amount DECIMAL(19,4) NOT NULL,
  currency CHAR(3) NOT NULL,
  gateway_transaction_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'NULL: paid by bank transfer, cash, ...',
  paid_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  UNIQUE KEY uq_payments_transaction (gateway_transaction_id),
  KEY ix_payments_invoice (invoice_id),
  CONSTRAINT fk_payments_invoice FOREIGN KEY (invoice_id) REFERENCES invoices (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS transactions (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BIGINT UNSIGNED NOT NULL,
  invoice_id BIGINT UNSIGNED NOT NULL,
  kind VARCHAR(20) NOT NULL COMMENT 'payment, ...',
  amount DECIMAL(19,4) NOT NULL COMMENT 'negative: lowers what the customer owes',
  currency CHAR(3) NOT NULL,
  reference VARCHAR(128) NULL,
  at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY ix_transactions_invoice (invoice_id),
  KEY ix_transactions_customer (customer_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COMMENT 'the customers'' ledger';
