package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Attempts;
import billing.model.Account;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Remembered;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.store.AppSql;
import billing.store.Backup;
import billing.store.Bookings;
import billing.store.Comparisons;
import billing.store.DifferenceRow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway whose query side hangs: 80 s a question, before the first charge of the night. */
@Timeout(60)
class PersistenceTest {

  private static final String CALM = "latency=0ms,lag=0ms,duplicate-window=0ms";
  private static final int MANY = 8;

  @Test
  void whatWasBookedAndIsNotListedIsAskedAboutUntilAStopOrFiveInARowAreUnanswered()
      throws Exception {
    try (var scene = bookedAndNotListed();
        var database = scene.database();
        var gateway = scene.gateway()) {
      var silence = new Silence(gateway, () -> {});

      var look =
          scene
              .reconcile(database, silence.gateway())
              .look(new ReconcileOrder(null, Scene.TODAY, false, Duration.ZERO));

      assertThat(silence.asked()).isEqualTo(Limits.UNANSWERED_IN_A_ROW);
      assertThat(look.complete()).isFalse();
      assertThat(look.findings()).containsExactly(Finding.DOUBTS);
      assertThat(look.trouble().toString())
          .contains(MANY + " booked charges were not in the listing, and the gateway could not");

      var stop = new AtomicReference<Runnable>(() -> {});
      var stopping = new Silence(gateway, () -> stop.get().run());
      var reconcile = scene.reconcile(database, stopping.gateway());
      stop.set(() -> reconcile.stop(Finding.INTERRUPTED));
      var stopped = reconcile.look(new ReconcileOrder(null, Scene.TODAY, false, Duration.ZERO));
      assertThat(stopping.asked()).isEqualTo(1);
      assertThat(stopped.complete()).isFalse();
      assertThat(stopped.findings()).containsExactly(Finding.INTERRUPTED);
    }
  }

  @Test
  void whatMayHaveComeLateBlocksItsInvoiceAlsoWhereItIsNotAskedAbout() {
    try (var scene = cameLate()) {
      var silence = charged(scene, charge -> {});

      assertThat(silence.asked()).isEqualTo(Limits.UNANSWERED_IN_A_ROW);
      assertThat(scene.count("charge_differences WHERE kind = 'UNKNOWN_HERE' AND state = 'OPEN'"))
          .isEqualTo(MANY);
      assertThat(scene.count("billing_listings")).isEqualTo(1);
      assertThat(scene.sandbox.ledger().standing()).hasSize(MANY);

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(MANY);
    }
  }

  @Test
  void aStopAndTheLongestTimeOfTheRunEndTheQuestionsAboutWhatMayHaveComeLate() {
    try (var scene = cameLate()) {
      var silence = charged(scene, charge -> charge.stop(Finding.TERMINATED));

      assertThat(silence.asked()).isEqualTo(1);
      assertThat(scene.count("billing_listings")).isEqualTo(1);
      assertThat(scene.sandbox.ledger().standing()).hasSize(MANY);

      scene.stopAfter = Duration.ofMillis(1500);

      var tooLong = charged(scene, charge -> sleep(Duration.ofMillis(1600)));
      // None where the machine was so slow that the listing was cut before.
      assertThat(tooLong.asked()).isLessThanOrEqualTo(1);
      assertThat(scene.count("billing_runs WHERE exit_code = 6")).isEqualTo(1);
    }
  }

  @Test
  void whatTheAppRefusedToBookIsAskedAboutUntilFiveInARowAreUnanswered() {
    try (var scene = new Scene(CALM);
        var database = scene.database();
        var gateway = scene.gateway()) {
      var silence = new Silence(gateway, () -> {});
      var app = AppSql.load(null);
      var account = new Account("stripe", "acct_1", false);
      var acting =
          new Acting(
              silence.gateway(),
              new Comparisons(database, app, account, "inst-1"),
              new Bookings(database, app, 2),
              null,
              Scene.TODAY,
              2,
              new Tally());
      var told = new Difference(DifferenceKind.NOT_BOOKABLE, "ACME-A1001-1", "A1001", "refused");
      var refused = new HashMap<Remembered, DifferenceRow>();
      for (long id = 1; id <= MANY; id++) {
        refused.put(
            new Remembered(id, Attempts.attempt(), Instant.EPOCH, null, null, false, false),
            new DifferenceRow(id, told, false, false, null, 1, Instant.EPOCH));
      }

      acting.notBooked(refused, new Persistence(() -> null));

      assertThat(silence.asked()).isEqualTo(Limits.UNANSWERED_IN_A_ROW);
    }
  }

  private static Scene bookedAndNotListed() {
    var scene = new Scene(CALM);
    scene.enroll();
    CureTest.bookedAndNotThere(scene, MANY, LocalDate.now(ZoneOffset.UTC).minusDays(1));
    return scene;
  }

  /** Approved there, and as far as the database knows they had charged nothing when they ended. */
  private static Scene cameLate() {
    var scene = new Scene(CALM);
    scene.invoices(1001, MANY, scene.good()).enroll();
    assertThat(scene.charge().exitCode()).isZero();
    Backup.withoutGuards(
        scene.schema,
        () ->
            scene.schema.owner(
                """
                UPDATE charge_attempts
                   SET state = 'CANCELLED', sends = 'c', gateway_transaction_id = NULL,
                       settled_amount = NULL, settled_at = NULL;
                DELETE FROM payments;
                DELETE FROM outbox_emails;
                UPDATE invoices SET amount_due = amount;
                """));
    return scene;
  }

  private static Silence charged(Scene scene, Consumer<Charge> atTheFirst) {
    try (var database = scene.database();
        var gateway = scene.gateway()) {
      var run = new AtomicReference<Charge>();
      var silence = new Silence(gateway, () -> atTheFirst.accept(run.get()));
      run.set(scene.run(database, silence.gateway()));
      run.get().run(new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));
      return silence;
    }
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
