package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.model.Currency;
import billing.rules.Effect;
import billing.rules.Finding;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Pause;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends or narrows a run: limits, refusals, outages. The others are charged, never a crash. */
class GuardRailTest {

  private static final Currency USD = Currency.of("USD").orElseThrow();

  @Test
  void anInvoiceOverTheLimitIsADifferenceAndTheOthersAreCharged() {
    try (var scene = new Scene("latency=5ms")) {
      scene.maxAmounts = Map.of(USD, 10_000L);
      scene
          .invoices(1001, 3, scene.good())
          .invoice(2001, "100.01", "pm_card_visa")
          .invoice(2002, "7.005", "pm_card_visa")
          .invoice(2003, "5", "XXX", "pm_card_visa")
          .enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(report.differences()).hasSize(3);
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(3);
      scene.judge();

      scene.schema.owner("UPDATE invoices SET amount_due = 50 WHERE id IN (2001, 2002);");
      scene.schema.owner("UPDATE invoices SET currency = 'USD' WHERE id = 2003;");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(6);
      scene.judge();
    }
  }

  @Test
  void theTotalOfADateIsCountedInTheDatabaseOverAllItsRuns() {
    try (var scene = new Scene("latency=5ms")) {
      scene.maxTotals = Map.of(USD, 5 * 7900L);
      scene.invoices(1001, 8, scene.good()).enroll();

      assertThat(scene.charge().findings()).containsExactly(Finding.OVER_TOTAL);
      assertThat(scene.sandbox.ledger().standing()).hasSize(5);
      assertThat(scene.charge().exitCode()).isEqualTo(6);
      assertThat(scene.sandbox.ledger().standing()).hasSize(5);
      scene.judge();
    }
  }

  @Test
  void tooManyDeclinesEndTheSendingAndNobodyIsToldYet() {
    try (var scene = new Scene("latency=5ms")) {
      scene.maxDeclines = 50;
      scene.invoices(1001, 100, scene.poor()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(scene.count("charge_attempts WHERE state = 'DECLINED'")).isBetween(20, 40);
      assertThat(scene.mail.received()).isEmpty();
      scene.charge();
      assertThat(scene.mail.received()).isEmpty();
    }
  }

  @Test
  void whereTheRunIsKilledAfterTooManyDeclinesNobodyIsToldByTheNext() {
    try (var scene = new Scene("latency=5ms")) {
      scene.maxDeclines = 50;
      scene.invoices(1001, 60, scene.poor()).enroll();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Write
                && scene.schema.one("SELECT MAX(declines) FROM billing_runs").equals("HELD")) {
              throw new Killed(effect);
            }
          };
      assertThatThrownBy(scene::charge).isInstanceOf(Killed.class);
      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isPositive();

      scene.trace = effect -> {};
      scene.maxDeclines = 100;
      scene.charge();

      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isPositive();
      assertThat(
              scene.schema.column(
                  "SELECT DISTINCT r.declines FROM outbox_emails o"
                      + " JOIN billing_runs r ON r.run_no = o.run_no WHERE o.state = 'HELD'"))
          .containsExactly("HELD");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aRefusedKeyEndsTheRunBeforeAnythingIsTouched(String kind) {
    try (var scene = new Scene("latency=5ms")) {
      scene.kind = kind;
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.gatewayKey = "sk_test_wrong";

      assertThatThrownBy(scene::charge)
          .asInstanceOf(InstanceOfAssertFactories.type(RunRefused.class))
          .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(8))
          .extracting(RunRefused::message)
          .asString()
          .doesNotContain("sk_test_wrong");
      assertThat(scene.count("charge_attempts")).isZero();
    }
  }

  @Test
  void anotherAccountThanThePinnedIsRefused() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.schema.owner(
          "INSERT INTO billing_installation (run_no, installation, prefix, gateway, account_id,"
              + " live_mode, host, because) SELECT run_no + 1000, installation, prefix, gateway,"
              + " 'acct_other', live_mode, host, 'a test' FROM billing_installation;");

      assertThatThrownBy(scene::charge)
          .asInstanceOf(InstanceOfAssertFactories.type(RunRefused.class))
          .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(6));
      assertThat(scene.sandbox.ledger().charges()).isEmpty();
    }
  }

  @Test
  void withoutEnrolmentNothingIsCharged() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 1, scene.good());

      assertThatThrownBy(scene::charge)
          .asInstanceOf(InstanceOfAssertFactories.type(RunRefused.class))
          .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(6));
    }
  }

  @Test
  void aPausedInstallationIsNotCharged() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.schema.owner("UPDATE billing_fence SET paused = 1, paused_because = 'a test';");

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.PAUSED);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(scene.sandbox.ledger().charges()).isEmpty();
    }
  }

  @Test
  void aRunAtWorkStopsAtItsNextClaimAndTheNextOneGoesOnAfterTheResume() {
    try (var scene = new Scene("latency=100ms");
        var database = scene.database()) {
      scene.concurrency = 2;
      scene.invoices(1001, 20, scene.good()).enroll();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Book) {
              new Pause(database).pause("the processor called");
            }
          };

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.PAUSED);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(report.trouble().toString()).contains("the processor called");
      assertThat(scene.sandbox.ledger().standing()).hasSizeBetween(2, 6);
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isZero();
      scene.judge();

      scene.trace = effect -> {};
      new Pause(database).resume();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(20);
      scene.judge();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void anOutageLeavesOneWindowAtMostAndTheNextRunFinishes(String kind) {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.kind = kind;
      scene.concurrency = 4;
      scene.timeout = Duration.ofMillis(300);
      scene.recoveryWait = Duration.ofSeconds(3);
      scene.invoices(1001, 60, scene.good()).enroll();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Enqueue) {
              scene.sandbox.faults().always(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE));
              scene.sandbox.faults().always(Match.LOOKUP, Fault.of(Kind.SILENT_BEFORE));
            }
          };

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(8);
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isBetween(1, 8);
      scene.judge();

      scene.trace = effect -> {};
      scene.sandbox.faults().clear();
      scene.recoveryWait = Duration.ofSeconds(20);
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(60);
      scene.judge();
    }
  }

  @Test
  void aGatewayThatIsNotThereLeavesNothingInDoubt() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 20, scene.good()).enroll();
      scene.trace = effect -> scene.sandbox.refuse();

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.GATEWAY_UNREACHABLE);
      assertThat(report.exitCode()).isEqualTo(8);
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isZero();
      scene.trace = effect -> {};
      scene.sandbox.accept();
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(20);
      scene.judge();
    }
  }

  @Test
  void theLongestTimeOfARunEndsIt() {
    try (var scene = new Scene("latency=300ms")) {
      scene.concurrency = 1;
      scene.stopAfter = Duration.ofSeconds(2);
      scene.invoices(1001, 30, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.findings()).containsExactly(Finding.STOP_AFTER);
      assertThat(scene.sandbox.ledger().standing()).hasSizeBetween(1, 15);
      scene.judge();
    }
  }

  @Test
  void aDeadMailServerDelaysMailAndChangesNothingElse() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.mail.close();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(9);
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(3);
      assertThat(scene.count("outbox_emails WHERE state = 'READY'")).isEqualTo(3);
    }
  }

  @Test
  void aRunMayBeNarrowedToAFewInvoicesOrSoMany() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 10, scene.good()).enroll();

      scene.charge(
          new ChargeOrder(Scene.TODAY, Set.of("1003", "1004"), Integer.MAX_VALUE, Duration.ZERO));
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(2);

      scene.charge(new ChargeOrder(Scene.TODAY, Set.of(), 3, Duration.ZERO));
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(5);
      scene.judge();
    }
  }
}
