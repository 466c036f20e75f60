package billing.run;

import static billing.run.OutOfStep.APP_FORGETS;
import static billing.run.OutOfStep.OURS_FORGET;
import static billing.run.OutOfStep.calm;
import static billing.run.OutOfStep.chargeByHand;
import static billing.run.OutOfStep.comparison;
import static billing.run.OutOfStep.installation;
import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Effect;
import billing.rules.Finding;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far a listing goes, what ends a run over it, and that reconcile sends nothing. */
@Timeout(120)
class ReconcileTest {

  @Test
  void manyPagesAreComparedAndADryRunWritesNothing() throws Exception {
    try (var scene = calm("stripe")) {
      scene.concurrency = 16;
      scene.invoices(1001, 230, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          OURS_FORGET.replace("TRUNCATE TABLE billing_listings;\n", "") + APP_FORGETS);
      var before = fingerprint(scene);

      var look = scene.look();

      // Three each of intents and charges, one each of refunds, disputes and captures.
      assertThat(look.pages()).isEqualTo(9);
      assertThat(look.transactions()).isEqualTo(230);
      assertThat(look.forgotten()).isNotEmpty();
      assertThat(look.complete()).isTrue();
      assertThat(fingerprint(scene)).isEqualTo(before);
      var report = scene.reconcile();
      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(comparison(report.run()).pages()).isEqualTo(9);
      assertThat(scene.count("payments")).isEqualTo(230);
      scene.judgeMoney();
    }
  }

  private static List<String> fingerprint(Scene scene) {
    return scene
        .schema
        .rows(
            "CHECKSUM TABLE charge_attempts, charge_events, charge_differences, billing_fence,"
                + " billing_runs, billing_listings, outbox_emails, payments, invoices")
        .stream()
        .map(Object::toString)
        .toList();
  }

  @Test
  void aListingThatIsCutShortSendsNothingAndLeavesTheWatermark() {
    try (var scene = calm("stripe")) {
      scene.concurrency = 16;
      scene.invoices(1001, 105, scene.good()).enroll();
      scene.charge();
      var mark = scene.schema.one("SELECT MAX(listed_until) FROM billing_listings");
      scene.invoices(2001, 1, scene.good());
      for (int i = 0; i < 3; i++) {
        scene.sandbox.faults().next(Match.LOOKUP.nth(0), Fault.of(Kind.RESET_BEFORE));
      }

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(8);
      assertThat(scene.states(2001)).isEmpty();
      assertThat(scene.schema.one("SELECT MAX(listed_until) FROM billing_listings"))
          .isEqualTo(mark);
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(2001)).containsExactly("SETTLED");
      assertThat(scene.schema.one("SELECT MAX(listed_until) FROM billing_listings"))
          .isGreaterThan(mark);
    }
  }

  @Test
  void onlyAListingWithoutAGapMovesTheWatermark() {
    try (var scene = calm("stripe")) {
      scene.enroll();
      assertThat(scene.reconcile(Duration.ofHours(1), false).exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isZero();
      assertThat(scene.reconcile(Duration.ofDays(11), false).exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isEqualTo(1);
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isEqualTo(2);
      assertThat(scene.reconcile(Duration.ofSeconds(1), false).exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isEqualTo(2);
    }
  }

  @Test
  void doubtsAreResolvedFirstAndNothingIsEverSent() {
    try (var scene = calm("stripe")) {
      scene.recoveryWait = Duration.ZERO;
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE.key("SHOP-1002-1"), Fault.of(Kind.RESET_AFTER));
      scene.sandbox.faults().always(Match.LOOKUP.key("SHOP-1002-1"), Fault.of(Kind.RESET_BEFORE));
      scene.charge();
      scene.sandbox.faults().clear();
      scene.invoices(3001, 1, scene.good());
      var charges = scene.sandbox.ledger().charges().size();

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(scene.states(1002)).containsExactly("SETTLED");
      assertThat(scene.states(3001)).isEmpty();
      assertThat(scene.sandbox.ledger().charges()).hasSize(charges);
      scene.judge();
    }
  }

  @Test
  void anotherInstallationUnderOurPrefixEndsEveryRun() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      chargeByHand(scene, "SHOP-9-1", "9", "another", "cus_9", "pm_card_visa_9");

      var report = scene.charge();
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(comparison(report).foreign()).containsExactly("SHOP-9-1 of installation another");
      assertThat(scene.reconcile().exitCode()).isEqualTo(6);
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.count("billing_listings")).isZero();
    }
  }

  /** Its charge comes after our first listing, which therefore cannot show it. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aRivalOnACopyThatChargesBesideUsIsSeenBeforeTheRunIsOver(String kind) {
    try (var scene = calm(kind)) {
      scene.timings = Scene.timings(Duration.ofMillis(600), Duration.ofHours(24));
      scene.invoices(1001, 2, scene.good()).enroll();
      var charged = new AtomicBoolean();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Claim && charged.compareAndSet(false, true)) {
              var card = kind.equals("nmi") ? "V9" : "pm_card_visa_9";
              chargeByHand(scene, "SHOP-9-1", "9", installation(scene), "cus_9", card);
            }
          };

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(6);
      assertThat(report.findings()).contains(Finding.FORGOTTEN);
      assertThat(comparison(report).forgotten()).containsExactly("SHOP-9-1");
      assertThat(comparison(report).pages()).isEqualTo(1);
    }
  }

  @Test
  void aDatabaseThatWentBackIsCuredByAListingThatIsLateEnough() throws Exception {
    try (var scene = calm("stripe")) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(700);
      scene.invoices(1001, 1, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      var fence = scene.schema.rows("SELECT epoch, holder, seq FROM billing_fence").getFirst();
      scene.invoices(2001, 2, scene.good());
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          """
          SET FOREIGN_KEY_CHECKS = 0;
          DROP TRIGGER charge_attempts_bd;
          DROP TRIGGER charge_events_bd;
          DELETE FROM charge_events WHERE run_no > %1$s;
          DELETE FROM outbox_emails WHERE run_no > %1$s;
          DELETE FROM charge_attempts WHERE run_no > %1$s;
          DELETE FROM billing_listings WHERE run_no > %1$s;
          DELETE FROM billing_runs WHERE run_no > %1$s;
          DELETE FROM payments WHERE invoice_id > 2000;
          DELETE FROM transactions WHERE invoice_id > 2000;
          UPDATE invoices SET amount_due = amount WHERE id > 2000;
          UPDATE billing_fence SET epoch = %1$s, holder = '%2$s', seq = %3$s;
          """
              .formatted(fence.get("epoch"), fence.get("holder"), fence.get("seq")));
      restoreTriggers(scene);

      assertThat(refusal(scene)).isEqualTo(6);
      var early = scene.reconcile();
      assertThat(early.exitCode()).as("%s", early.run().trouble()).isEqualTo(3);
      assertThat(early.curing()).isInstanceOf(Curing.Owed.class);
      assertThat(refusal(scene)).isEqualTo(6);
      Thread.sleep(3500);
      var late = scene.reconcile();

      assertThat(late.exitCode()).as("%s", late.run().trouble()).isZero();
      assertThat(late.curing()).isInstanceOf(Curing.Done.class);
      assertThat(scene.states(2001)).containsExactly("SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      scene.judgeMoney();
    }
  }

  private static int refusal(Scene scene) {
    try {
      return scene.charge().exitCode();
    } catch (RunRefused e) {
      return e.exitCode();
    }
  }

  private static void restoreTriggers(Scene scene) {
    scene.schema.owner(
        """
        CREATE TRIGGER charge_attempts_bd BEFORE DELETE ON charge_attempts FOR EACH ROW SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30008, MESSAGE_TEXT = 'attempts are never deleted';
        CREATE TRIGGER charge_events_bd BEFORE DELETE ON charge_events FOR EACH ROW SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30009, MESSAGE_TEXT = 'charge_events is append-only';
        """);
  }
}
