package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.store.DatabaseTrouble.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadinessTest {

  @TempDir private Path directory;
  private TestDatabase test;
  private Database database;

  @BeforeEach
  void open() throws Exception {
    test = TestDatabase.fresh();
    database = Database.open(test.settings(), 2);
    BookingsTest.bundledInto(directory);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void theBundledSchemaAndFilesAreReadyForTheLeastPrivilegedUser() {
    check();
    check();

    assertThat(test.one("SELECT COUNT(*) FROM charge_attempts")).isEqualTo("0");
    assertThat(test.one("SELECT COUNT(*) FROM charge_events")).isEqualTo("0");
  }

  @Test
  void aDroppedTriggerIsNoticedThoughNobodyCanSeeIt() {
    for (var trigger :
        new String[] {
          "charge_attempts_bi",
          "charge_attempts_bu",
          "charge_attempts_ai",
          "charge_attempts_au",
          "charge_events_bu"
        }) {
      var fresh = TestDatabase.fresh();
      fresh.owner("DROP TRIGGER " + trigger + ";");
      try (var other = Database.open(fresh.settings(), 2)) {
        assertThatThrownBy(() -> Readiness.check(other, AppSql.load(null)))
            .as(trigger)
            .isInstanceOfSatisfying(
                DatabaseTrouble.class, t -> assertThat(t.kind()).isEqualTo(Kind.GUARD_MISSING));
      }
    }
  }

  @Test
  void aDroppedUniqueKeyIsNoticed() {
    test.owner("ALTER TABLE charge_attempts DROP INDEX uq_live_invoice;");
    assertTrouble(Kind.GUARD_MISSING, "a second live attempt");
  }

  @Test
  void aMissingGrantIsNamed() {
    test.admin(
        "REVOKE INSERT ON %1$s.payments FROM nightly_%1$s@'127.0.0.1';".formatted(test.schema()));
    assertTrouble(Kind.GRANT_MISSING, "book_1_payment.sql", "sql/grants.sql", "INSERT");
  }

  @Test
  void anAppTableThatIsNotTransactionalIsNamed() {
    test.owner("ALTER TABLE transactions ENGINE=MyISAM;");
    assertTrouble(Kind.NOT_TRANSACTIONAL, "transactions (MyISAM)", "ENGINE=InnoDB");
  }

  @Test
  void aMissingColumnIsFoundBeforeTheFirstRow() throws Exception {
    file(
        "book_1_payment.sql",
        "INSERT INTO payments (invoice_id, amont) SELECT 1, 1 FROM charge_attempts WHERE id IN"
            + " (<attempt_ids>)");
    assertTrouble(Kind.APP_SQL, "book_1_payment.sql", "amont");
  }

  @Test
  void aColumnThatDueInvoicesMustGiveIsNamed() throws Exception {
    file(
        "due_invoices.sql",
        "SELECT id AS invoice_id, amount_due, currency FROM invoices WHERE due_on <= :as_of AND id"
            + " > COALESCE(:after, 0) LIMIT :limit");
    assertTrouble(Kind.APP_SQL, "due_invoices.sql does not give the column payment_ref");
  }

  @Test
  void aTableThatIsNotThereIsTheFilesFault() throws Exception {
    file("booked.sql", "SELECT txn FROM ledger WHERE txn IN (<gateway_transaction_ids>)");
    // Without a right on it, a table that is not there looks like one that is.
    assertTrouble(Kind.GRANT_MISSING, "booked.sql", "not there", "ledger");
  }

  @Test
  void anotherSchemaForTheAppNeedsBeforeCharge() throws Exception {
    var sql =
        Sql.resource("app/due_invoices.sql").replace("FROM invoices", "FROM `the_app`.invoices");
    file("due_invoices.sql", sql);
    assertTrouble(Kind.SETTINGS, "before_charge.sql", "the_app.invoices");
  }

  @Test
  void aServerThatMayForgetItsLastSecondIsRefused() {
    test.admin("SET GLOBAL innodb_flush_log_at_trx_commit = 2;");
    try {
      assertTrouble(Kind.NOT_DURABLE, "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    } finally {
      test.admin("SET GLOBAL innodb_flush_log_at_trx_commit = 1;");
    }
  }

  @Test
  void aReadOnlyServerIsTakenForAReplica() {
    test.admin("SET GLOBAL read_only = 1;");
    try {
      assertTrouble(Kind.NOT_WRITABLE, "read_only");
      assertThatCode(() -> Readiness.checkReading(database, AppSql.load(null)))
          .doesNotThrowAnyException();
    } finally {
      test.admin("SET GLOBAL read_only = 0;");
    }
  }

  private void check() {
    Readiness.check(database, AppSql.load(null));
  }

  private void file(String name, String sql) throws Exception {
    Files.writeString(directory.resolve(name), sql);
  }

  private void assertTrouble(Kind kind, String... words) {
    assertThatThrownBy(() -> Readiness.check(database, AppSql.load(directory)))
        .isInstanceOfSatisfying(
            DatabaseTrouble.class,
            trouble -> {
              assertThat(trouble.kind()).isEqualTo(kind);
              assertThat(trouble).message().contains(words);
            });
  }
}
