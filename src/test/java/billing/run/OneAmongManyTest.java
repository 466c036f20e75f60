package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Finding;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Leftovers.Left;
import billing.store.Leftovers.Waiting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the matter with one invoice stops no other. */
@Timeout(120)
class OneAmongManyTest {

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void twoEqualInvoicesOnOneCardAreBothCharged(String override) {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=2s,duplicate-override=" + override)) {
      scene.kind = "nmi";
      scene.recoveryWait = Duration.ofSeconds(30);
      scene.invoice(1001, "79.00", "V77").invoice(1002, "79.00", "V77").enroll();

      var report = scene.charge();

      assertThat(report.findings()).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.states(1002)).as(scene.story(1002)).containsExactly("SETTLED");
      scene.judge();
    }
  }

  @Test
  void oneThatTheAppKeepsLockedIsLeftAndTheRunSaysSo() throws SQLException {
    try (var scene = new Scene("latency=5ms")) {
      scene.impatient = true;
      scene.invoices(1001, 3, scene.good()).enroll();
      try (var app = locking(scene, 1002)) {
        var report = scene.charge();
        app.rollback();

        assertThat(scene.states(1002)).containsExactly("PENDING");
        assertThat(report.findings()).containsExactly(Finding.DATABASE_BUSY);
        assertThat(report.exitCode()).isEqualTo(7);
        assertThat(left(report).total()).isEqualTo(1);
        assertThat(left(report).locked()).isEqualTo(1);
        assertThat(left(report).first()).extracting(Waiting::invoiceId).containsExactly("1002");
      }
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(2);
      assertThat(
              scene.schema.one("SELECT exit_code FROM billing_runs ORDER BY run_no DESC LIMIT 1"))
          .isEqualTo("7");
      scene.judge();
    }
  }

  /** The app at work: a session of its own, which holds the row. */
  static Connection locking(Scene scene, int invoice) throws SQLException {
    var owner = scene.schema.ownerSettings();
    var connection = DriverManager.getConnection(owner.url(), owner.user(), owner.password());
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement
          .executeQuery("SELECT id FROM invoices WHERE id = " + invoice + " FOR UPDATE")
          .close();
    }
    return connection;
  }

  @Test
  void oneThatIsPutOffBeyondTheWaitIsLeftAndTheRunSaysSo() {
    try (var scene = new Scene("latency=5ms")) {
      scene.recoveryWait = Duration.ZERO;
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE.key("SHOP-1002-1"), Fault.of(Kind.THROTTLED));

      var report = scene.charge();

      assertThat(scene.states(1002)).as(scene.story(1002)).containsExactly("PENDING");
      assertThat(report.findings()).containsExactly(Finding.WAITING);
      assertThat(report.exitCode()).isEqualTo(3);
      assertThat(left(report).total()).isEqualTo(1);
      assertThat(left(report).locked()).isZero();
      assertThat(left(report).first()).extracting(Waiting::key).containsExactly("SHOP-1002-1");

      scene.recoveryWait = Duration.ofSeconds(20);
      var next = scene.charge();

      assertThat(next.exitCode()).isZero();
      assertThat(left(next).total()).isZero();
      assertThat(scene.states(1002)).containsExactly("SETTLED");
      scene.judge();
    }
  }

  @Test
  void whatALimitOrANamedInvoiceLeavesOutIsNoFinding() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      assertThat(charge(scene, Set.of(), 1).exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'PENDING'")).isEqualTo(2);
      assertThat(charge(scene, Set.of("1002"), Integer.MAX_VALUE).exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'PENDING'")).isEqualTo(1);

      scene.recoveryWait = Duration.ZERO;
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.THROTTLED));
      assertThat(charge(scene, Set.of(), 1).exitCode()).as("the limit's own one").isEqualTo(3);
    }
  }

  private static ChargeReport charge(Scene scene, Set<String> only, int limit) {
    return scene.charge(new ChargeOrder(Scene.TODAY, only, limit, Duration.ZERO));
  }

  private static Left left(ChargeReport report) {
    return Objects.requireNonNull(report.left());
  }

  @Test
  void aDetachedCardIsAPersonsWorkAndNotTheEndOfTheNight() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoice(1001, "79.00", "pm_detached").invoices(1002, 20, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      assertThat(scene.count("charge_differences WHERE kind = 'NOT_CHARGEABLE'")).isEqualTo(1);
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(20);
      scene.judge();
    }
  }

  @Test
  void aWindowFullOfHeldChargesKeepsNobodyWaiting() {
    try (var scene = new Scene("latency=5ms,lag=0ms,duplicate-window=0ms")) {
      scene.kind = "nmi";
      scene.timings = Scene.SHORT;
      scene.concurrency = 4;
      scene.recoveryWait = Duration.ofSeconds(6);
      scene.invoices(1001, 4, "V-HELD-").invoices(1005, 4, scene.good()).enroll();

      assertThat(scene.charge().exitCode()).isEqualTo(3);

      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(4);
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isEqualTo(4);
      assertThat(scene.reconcile().exitCode()).isEqualTo(3);
      assertThat(scene.charge().exitCode()).isEqualTo(3);
      scene
          .sandbox
          .ledger()
          .charges()
          .forEach(c -> scene.sandbox.ledger().decide(c.id(), true, "100", "SUCCESS"));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(8);
      scene.judge();
    }
  }
}
