package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Timings;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Backup;
import java.nio.file.Files;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listing has to be to cure a database that went back, and what comes after the cure. */
@Timeout(120)
class CureTest {

  private static final String CALM = "latency=5ms,lag=50ms,duplicate-window=0ms";

  /** A horizon of 2.8 s, and nothing that takes longer to show. */
  static final Timings SHORTEST = Scene.timings(Scene.SHORT.permit(), Duration.ofSeconds(1));

  private static final Duration HORIZON = Duration.ofMillis(2_800);

  @Test
  void aListingThatLeavesAGapCuresNothingAndSaysSo() {
    try (var scene = wentBackBehind(3)) {
      var report = scene.reconcile(Duration.ofSeconds(1), false);

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isEqualTo(6);
      assertThat(report.run().findings()).contains(Finding.WENT_BACK);
      assertThat(report.curing())
          .isInstanceOfSatisfying(
              Curing.Owed.class, owed -> assertThat(owed.why()).contains("without --since"));
      assertThat(report.run().trouble().toString()).contains("not cured", "without --since");
    }
  }

  @Test
  void aListingThatCameTooEarlyLeavesTheWatermarkWhereItWas() throws Exception {
    try (var scene = wentBackBehind(3)) {
      var listings = scene.count("billing_listings");

      var early = scene.reconcile();

      assertThat(early.exitCode()).as("%s", early.run().trouble()).isEqualTo(3);
      assertThat(early.curing()).isInstanceOf(Curing.Owed.class);
      assertThat(scene.count("charge_attempts WHERE adopted = 1")).isEqualTo(3);
      assertThat(scene.count("billing_listings")).isEqualTo(listings);
      Thread.sleep(3_500);
      noLookupOf(scene, 2001, 3);
      var cured = scene.reconcile();
      assertThat(cured.exitCode()).as("%s", cured.run().trouble()).isZero();
      assertThat(cured.curing()).isInstanceOf(Curing.Done.class);
    }
  }

  @Test
  void withoutAListingOnRecordItIsListedFromTheEnrolmentOn() throws Exception {
    try (var scene = new Scene(CALM)) {
      scene.timings = SHORTEST;
      scene.timeout = Duration.ofMillis(500);
      scene.cutoverDays = 0;
      scene.enroll();
      var backup = Backup.take(scene.schema);
      assertThat(scene.invoices(1001, 2, scene.good()).charge().exitCode()).isZero();
      Thread.sleep(5_000);
      backup.restore();
      scene.invoices(1001, 2, scene.good());

      var cured = scene.reconcile();

      assertThat(cured.curing()).isInstanceOf(Curing.Done.class);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
    }
  }

  @Test
  void whereNoWitnessTellsWhenItWasSentLastNothingIsAdoptedBeforeAllOfItShows() throws Exception {
    try (var scene = wentBackUnwitnessed()) {
      var stopped = stoppedAfter(Duration.ofSeconds(1), scene);

      assertThat(stopped.exitCode()).as("%s", stopped.run().trouble()).isEqualTo(143);
      assertThat(scene.count("charge_attempts WHERE adopted = 1")).isZero();
      var compared = Objects.requireNonNull(stopped.run().comparison());
      assertThat(compared.transactions()).isEqualTo(6);
      assertThat(compared.forgotten()).hasSize(3).contains("SHOP-2001-1");
      assertThat(stopped.run().trouble().toString())
          .contains("is not cured: a listing was complete, but this command ended before");
      assertThat(scene.charge().exitCode()).isEqualTo(6);
      var began = System.nanoTime();
      var cured = scene.reconcile();

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(HORIZON);
      assertThat(cured.curing()).isInstanceOf(Curing.Done.class);
      assertThat(scene.count("charge_attempts WHERE adopted = 1")).isEqualTo(3);
      assertThat(scene.charge().exitCode()).isZero();
      scene.judgeMoney();
    }
  }

  @Test
  void oneThatEndsAmongTheDoubtsOfWhatItAdoptedTellsWhatItListedAndAdopted() {
    try (var scene = wentBackBehind(8)) {
      scene.concurrency = 3;
      scene.recoveryWait = Duration.ofSeconds(1);
      noLookupOf(scene, 2001, 8);

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isEqualTo(8);
      assertThat(report.run().findings()).contains(Finding.GATEWAY_SILENT);
      var compared = Objects.requireNonNull(report.run().comparison(), "nothing is told");
      assertThat(compared.transactions()).isEqualTo(11);
      assertThat(compared.adopted()).hasSize(8);
      assertThat(report.curing())
          .isInstanceOfSatisfying(
              Curing.Owed.class,
              owed -> assertThat(owed.why()).startsWith("a listing was complete, but"));
      assertThat(report.run().trouble().toString()).contains("is not cured: a listing was");
      assertThat(report.run().mail()).isNull();
    }
  }

  @Test
  void whatWasAdoptedAndIsOlderThanTheListingIsNotAskedAboutEveryNight() throws Exception {
    try (var scene = wentBackBehind(3)) {
      Thread.sleep(6_000);
      assertThat(scene.reconcile().curing()).isInstanceOf(Curing.Done.class);
      noLookupOf(scene, 2001, 3);

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isZero();
      assertThat(Objects.requireNonNull(report.comparison()).complete()).isTrue();
      scene.judgeMoney();
    }
  }

  @Test
  void whereTooManyAreOutOfSightItNamesTheListingThatShowsThem() throws Exception {
    try (var scene = new Scene(CALM)) {
      scene.enroll();
      var sent = LocalDate.now(ZoneOffset.UTC).minusDays(1);
      bookedAndNotThere(scene, Limits.UNSEEN + 1, sent);

      var look = scene.look();

      assertThat(look.complete()).isFalse();
      assertThat(look.trouble().toString())
          .contains("1 booked charges", "reconcile --since " + sent.minusDays(1));
      assertThat(look.since()).isEqualTo(sent.minusDays(1));
    }
  }

  /** Three invoices charged and known; so many more charged, and forgotten. */
  private static Scene wentBackBehind(int invoices) {
    var scene = new Scene(CALM);
    // There a lookup names its key on the wire, so that a fault can strike it alone.
    scene.kind = "nmi";
    scene.timings = SHORTEST;
    scene.timeout = Duration.ofMillis(500);
    scene.invoices(1001, 3, scene.good()).enroll();
    assertThat(scene.charge().exitCode()).isZero();
    var backup = Backup.take(scene.schema);
    assertThat(scene.invoices(2001, invoices, scene.good()).charge().exitCode()).isZero();
    backup.restore();
    scene.invoices(2001, invoices, scene.good());
    return scene;
  }

  /** The witness, too, is as it was before. */
  private static Scene wentBackUnwitnessed() throws Exception {
    var scene = new Scene(CALM);
    scene.timings = SHORTEST;
    scene.invoices(1001, 3, scene.good()).enroll();
    assertThat(scene.charge().exitCode()).isZero();
    var backup = Backup.take(scene.schema);
    var before = Files.readString(GoneBackTest.witness(scene));
    assertThat(scene.invoices(2001, 3, scene.good()).charge().exitCode()).isZero();
    backup.restore();
    Files.writeString(GoneBackTest.witness(scene), before);
    scene.invoices(2001, 3, scene.good());
    return scene;
  }

  private static ReconcileReport stoppedAfter(Duration time, Scene scene) throws Exception {
    try (var database = scene.database();
        var gateway = scene.gateway();
        var threads = Executors.newSingleThreadExecutor()) {
      var reconcile = scene.reconcile(database, gateway);
      var report =
          threads.submit(
              () -> reconcile.run(new ReconcileOrder(null, Scene.TODAY, false, Duration.ZERO)));
      Thread.sleep(time);
      reconcile.stop(Finding.TERMINATED);
      return report.get();
    }
  }

  private static void noLookupOf(Scene scene, int from, int count) {
    for (int id = from; id < from + count; id++) {
      scene
          .sandbox
          .faults()
          .always(Match.LOOKUP.key("SHOP-%d-1".formatted(id)), Fault.of(Kind.RESET_BEFORE));
    }
  }

  static void bookedAndNotThere(Scene scene, int count, LocalDate sent) {
    var rows =
        IntStream.rangeClosed(1, count)
            .mapToObj(
                """
                (%1$d, 1, 'PENDING', 79, 7900, 'USD', 'cus', 'pm_card_visa', @gateway, @account, 0, 1, @installation,
                 'SHOP-%1$d-1', '2026-11-23', 1, NOW(6))
                """
                    ::formatted)
            .collect(Collectors.joining(","));
    scene.schema.owner(
        """
        SELECT gateway, COALESCE(account_id, ''), installation INTO @gateway, @account, @installation
          FROM billing_installation LIMIT 1;
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, customer_ref, payment_ref, gateway, account_id,
                live_mode, protocol, installation, charge_key, as_of, run_no, created_at)
        VALUES %1$s;
        UPDATE charge_attempts
           SET state = 'SENT', send_no = 1, sends = '?', first_sent_at = '%2$s 12:00:00', last_sent_at = '%2$s 12:00:00';
        UPDATE charge_attempts
           SET state = 'SETTLED', sends = 'a', gateway_transaction_id = CONCAT('pi_', id), settled_amount = 79,
               settled_at = NOW(6), ended_at = NOW(6);
        """
            .formatted(rows, sent));
  }
}
