package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.AttemptState;
import billing.rules.Effect;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The app's database does what a run does not expect: refuses a booking, or changes meanwhile. */
class AppDatabaseTest {

  @TempDir private Path appSql;

  @Test
  void oneBookingThatIsRefusedLeavesTheOthersOfItsBatchAlone() {
    try (var scene =
        new Scene("latency=30ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.invoices(1001, 8, scene.good()).enroll();
      scene.schema.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (invoice_id <> 1003);");

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.states(1003)).containsExactly("SENT");
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(7);
      assertThat(open(scene, "NOT_BOOKABLE")).isEqualTo(1);
      assertThat(report.trouble()).anyMatch(line -> line.startsWith("SHOP-1003-1 could not be"));
      assertThat(scene.sandbox.ledger().standing()).hasSize(8);

      scene.schema.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1003)).containsExactly("SETTLED");
      assertThat(open(scene, "NOT_BOOKABLE")).isZero();
      assertThat(scene.mail.received()).hasSize(8);
      scene.judge();
    }
  }

  @Test
  void bookingsThatAreRefusedOneAfterTheOtherEndTheSending() {
    try (var scene =
        new Scene("latency=30ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.concurrency = 4;
      scene.invoices(1001, 60, scene.good()).enroll();
      scene.schema.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (amount < 0);");

      endsWithTheAppSqlAtFaultAndHealsOnce(
          scene, () -> scene.schema.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;"));
    }
  }

  @Test
  void aFileThatMatchesNoRowBooksNothingAndLosesNothing() throws IOException {
    try (var scene =
        new Scene("latency=30ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.concurrency = 4;
      scene.appSql = copyOfTheBundledFiles(appSql);
      scene.invoices(1001, 60, scene.good()).enroll();
      var file = appSql.resolve("book_2_invoice.sql");
      Files.writeString(file, Files.readString(file) + "   AND i.id = 0\n");

      endsWithTheAppSqlAtFaultAndHealsOnce(scene, () -> scene.appSql = null);
    }
  }

  @Test
  void pagesInAnotherOrderThanTheirFileComparesEndTheRunBeforeAnInvoiceIsSkipped()
      throws IOException {
    try (var scene = new Scene("latency=1ms,lag=20ms,duplicate-window=0ms")) {
      scene.appSql = copyOfTheBundledFiles(appSql);
      scene.concurrency = 32;
      scene.invoices(1001, Limits.PAGE + 100, scene.good()).enroll();
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20' - INTERVAL id - 1000 DAY;");
      var file = appSql.resolve("due_invoices.sql");
      Files.writeString(file, Files.readString(file).replace("ORDER BY i.id", "ORDER BY i.due_on"));

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(7);
      assertThat(scene.sandbox.ledger().charges()).isEmpty();
    }
  }

  private static void endsWithTheAppSqlAtFaultAndHealsOnce(Scene scene, Runnable mended) {
    var report = scene.charge();

    assertThat(report.findings()).contains(Finding.APP_SQL);
    assertThat(report.exitCode()).isEqualTo(7);
    assertThat(scene.count("payments")).isZero();
    assertThat(scene.sandbox.ledger().standing()).hasSizeBetween(1, 8);

    mended.run();
    assertThat(scene.chargeUntilDone().exitCode()).isZero();
    assertThat(scene.sandbox.ledger().standing()).hasSize(60);
    assertThat(scene.mail.received()).hasSize(60);
    scene.judge();
  }

  @Test
  void anInvoiceThatTheAppIsChargingItselfIsNotSent() throws IOException {
    try (var scene = new Scene("latency=5ms")) {
      scene.appSql = copyOfTheBundledFiles(appSql);
      for (var file : new String[] {"before_charge.sql", "after_charge.sql"}) {
        Files.copy(Path.of("sql/app/examples", file), appSql.resolve(file));
      }
      scene.invoices(1001, 8, scene.good()).enroll();
      scene.schema.owner("ALTER TABLE invoices ADD charging_key VARCHAR(20) NULL;");
      scene.schema.owner("UPDATE invoices SET charging_key = 'PAY PAGE' WHERE id = 1003;");

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.states(1003)).containsExactly("PENDING");
      assertThat(scene.sandbox.ledger().standing()).hasSize(7);
      assertThat(scene.count("invoices WHERE charging_key IS NOT NULL")).isEqualTo(1);
      scene.judge();

      scene.schema.owner("UPDATE invoices SET charging_key = NULL WHERE id = 1003;");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1003)).containsExactly("SETTLED");
      scene.judge();
    }
  }

  @Test
  void aClaimThatIsRefusedKeepsNoAccountPinned() throws Exception {
    try (var scene = new Scene("latency=5ms");
        var another = PinnedAccountTest.elsewhere(scene.enroll())) {
      another.kind = "nmi";
      scene.appSql = copyOfTheBundledFiles(appSql);
      for (var file : new String[] {"before_charge.sql", "after_charge.sql"}) {
        Files.copy(Path.of("sql/app/examples", file), appSql.resolve(file));
      }
      scene.invoices(1001, 1, scene.good());
      scene.schema.owner("ALTER TABLE invoices ADD charging_key VARCHAR(20) NULL;");
      scene.schema.owner("UPDATE invoices SET charging_key = 'PAY PAGE';");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene, "NOT_BOOKABLE")).isEqualTo(1);
      another.appSql = scene.appSql;

      another.enroll();

      scene.schema.owner("UPDATE invoices SET charging_key = NULL;");
      scene.schema.owner("UPDATE customers SET payment_ref = 'V1001';");
      assertThat(another.charge().exitCode()).isZero();
      assertThat(another.sandbox.ledger().standing()).hasSize(1);
    }
  }

  @Test
  void oneThatThePayPageHasPaidIsChargedByNobodyAndLeavesNothingOpen() throws IOException {
    try (var scene = new Scene("latency=5ms")) {
      scene.appSql = copyOfTheBundledFiles(appSql);
      for (var file : new String[] {"before_charge.sql", "after_charge.sql"}) {
        Files.copy(Path.of("sql/app/examples", file), appSql.resolve(file));
      }
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.schema.owner("ALTER TABLE invoices ADD charging_key VARCHAR(20) NULL;");
      scene.schema.owner("UPDATE invoices SET charging_key = 'PAY PAGE' WHERE id = 1001;");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene, "NOT_BOOKABLE")).isEqualTo(1);

      scene.schema.owner(
          "UPDATE invoices SET charging_key = NULL, amount_due = 0 WHERE id = 1001;");

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      assertThat(open(scene, "NOT_BOOKABLE")).isZero();
      assertThat(scene.sandbox.ledger().standingByInvoice()).containsOnlyKeys("1002");
      scene.judge();
    }
  }

  @Test
  void theAmountIsTheOneThatIsDueAtTheClaim() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      onceBefore(Effect.Claim.class, scene, "UPDATE invoices SET amount_due = 12.34;");

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.sandbox.ledger().standing().getFirst().amount().minor()).isEqualTo(1234);
      assertThat(scene.schema.one("SELECT amount FROM payments")).isEqualTo("12.3400");
      assertThat(scene.schema.one("SELECT amount_due FROM invoices")).isEqualTo("0.0000");
      scene.judge();
    }
  }

  /** As old databases of MySQL have it. */
  @Test
  void aDueDateThatIsNoneKeepsNobodyFromBeingCharged() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.schema.owner(
          "SET SESSION sql_mode = '';\nUPDATE invoices SET due_on = '0000-00-00' WHERE id = 1002;");

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isZero();
      assertThat(scene.sandbox.ledger().standingByInvoice())
          .containsOnlyKeys("1001", "1002", "1003");
      assertThat(scene.mail.received()).hasSize(3);
      scene.judge();
    }
  }

  @Test
  void anInvoiceThatWasPaidMeanwhileIsCancelled() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      onceBefore(Effect.Claim.class, scene, "UPDATE invoices SET amount_due = 0 WHERE id = 1002;");

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.states(1002)).containsExactly(AttemptState.CANCELLED.name());
      assertThat(scene.sandbox.ledger().standingByInvoice()).containsOnlyKeys("1001", "1003");
      assertThat(scene.mail.received()).hasSize(2);
      scene.judge();
    }
  }

  @Test
  void oneThatWasPaidWhileItWasInDoubtIsBookedWithACredit() {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.timeout = Duration.ofSeconds(1);
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE.key("SHOP-1001-1"), Fault.of(Kind.RESET_AFTER));
      onceBefore(Effect.Find.class, scene, "UPDATE invoices SET amount_due = 0 WHERE id = 1001;");

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.schema.one("SELECT amount_due FROM invoices WHERE id = 1001"))
          .isEqualTo("-79.0000");
      assertThat(open(scene, "OVERPAID")).isEqualTo(1);
      scene.judge();
    }
  }

  /** Its amount due is back at zero then, as that of any invoice that was paid. */
  @Test
  void oneThatWasCancelledWhileItWasInDoubtIsBookedAndTold() {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.timeout = Duration.ofSeconds(1);
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE.key("SHOP-1001-1"), Fault.of(Kind.RESET_AFTER));
      onceBefore(
          Effect.Find.class, scene, "UPDATE invoices SET cancelled_at = NOW(6) WHERE id = 1001;");

      var report = scene.charge();

      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(open(scene, "OVERPAID")).isEqualTo(1);
      scene.judge();
    }
  }

  static Path copyOfTheBundledFiles(Path appSql) throws IOException {
    try (var files = Files.list(Path.of("sql/app"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, appSql.resolve(file.getFileName()));
      }
    }
    return appSql;
  }

  private static int open(Scene scene, String kind) {
    return scene.count("charge_differences WHERE state = 'OPEN' AND kind = '" + kind + "'");
  }

  private static void onceBefore(Class<? extends Effect> kind, Scene scene, String script) {
    var done = new AtomicBoolean();
    scene.trace =
        effect -> {
          if (kind.isInstance(effect) && !done.getAndSet(true)) {
            scene.schema.owner(script);
          }
        };
  }
}
