package billing.run;

import static billing.run.OutOfStep.open;
import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.model.Timings;
import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.ChargeAgain;
import billing.run.ResolveOrder.NotCharged;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Backup;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A charge that stands is not made once more, whatever night or person comes upon it. */
@Timeout(120)
class StandingChargeTest {

  private static final String FORGETFUL =
      "latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off,idempotency=off";

  /** A listing goes back no further than an ordinary horizon. */
  private static final Timings SOON_OUT_OF_SIGHT =
      Scene.timings(Scene.SHORT.permit(), Duration.ofSeconds(3));

  private static final ChargeKey KEY = new ChargeKey("SHOP-1001-1");

  /** Our rows say that the invoice's only attempt waits for a person; the next one is forgotten. */
  @Test
  void oneThatWasForgottenBesideAReviewIsBookedOnceThatIsDecided() throws Exception {
    try (var scene = scene("stripe", "pm_card_visa")) {
      inReviewAndNotCharged(scene);
      var backup = Backup.take(scene.schema);
      ResolveTest.resolve(scene, new NotCharged(KEY));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1001)).containsExactly("CANCELLED", "SETTLED");
      backup.restore();
      pastTheHorizon();
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_TWICE");

      ResolveTest.resolve(scene, new NotCharged(KEY));
      ResolveTest.refused(scene, new Accept(number(scene)), 6, "not booked here");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      scene.reconcile(Duration.ofHours(1), false);

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("CANCELLED", "SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
      scene.judgeMoney();
    }
  }

  /** The first charge was refunded and a second one made; the database knows of the first alone. */
  @Test
  void oneThatWasForgottenBesideARefundedOneIsBookedOnceThatIsReleased() throws Exception {
    try (var scene = scene("stripe", "pm_card_visa")) {
      assertThat(scene.charge().exitCode()).isZero();
      var backup = Backup.take(scene.schema);
      scene.sandbox.ledger().reverse(transaction(scene));
      ResolveTest.resolve(scene, new ChargeAgain("1001", false));
      scene.schema.owner("UPDATE invoices SET amount_due = amount;");
      scene.charge();
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED", "SETTLED");
      backup.restore();
      pastTheHorizon();
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      var twice =
          Long.parseLong(
              scene.schema.one(
                  "SELECT id FROM charge_differences WHERE kind = 'CHARGED_TWICE' AND state ="
                      + " 'OPEN'"));

      // As a person does who hears that the first charge was given back.
      scene.schema.owner("UPDATE invoices SET amount_due = amount;");
      ResolveTest.refused(scene, new Accept(twice), 6, "was given back, and transaction");
      ResolveTest.resolve(scene, new ChargeAgain("1001", false));
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      ResolveTest.refused(scene, new Accept(twice), 6, "not booked here");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      scene.reconcile(Duration.ofHours(1), false);

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED", "SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      theElderOnePays(scene);
      ResolveTest.resolve(scene, new ChargeAgain("1001", false));
      assertThat(scene.count("charge_attempts WHERE released_at IS NULL")).isZero();
    }
  }

  /** As where the database went back to before the claim while the approval was on its way. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void oneThatIsBookedFromNeverSentIsAskedAboutLikeAnyOther(String kind) throws Exception {
    try (var scene = scene(kind, kind.equals("nmi") ? "V1001" : "pm_card_visa")) {
      assertThat(scene.charge().exitCode()).isZero();
      Backup.withoutGuards(
          scene.schema,
          () ->
              scene.schema.owner(
                  "UPDATE charge_attempts SET send_no = 0, sends = '', first_sent_at = NULL,"
                      + " last_sent_at = NULL;"));
      scene.schema.owner("UPDATE invoices SET amount_due = amount;");

      ResolveTest.refused(scene, new ChargeAgain("1001", false), 6, "still shows invoice 1001");

      scene.sandbox.ledger().reverse(transaction(scene));
      ResolveTest.resolve(scene, new ChargeAgain("1001", false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void oneThatMayHaveComeLateIsNotPassedOverWhereNobodyAnswers(String kind) throws Exception {
    try (var scene = scene(kind, kind.equals("nmi") ? "V1001" : "pm_card_visa")) {
      approvedLate(scene);
      var sent = scene.sandbox.ledger().charges().size();

      try (var database = scene.database();
          var gateway = scene.gateway()) {
        scene
            .run(database, new Silence(gateway, () -> {}).gateway())
            .run(new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));
      }
      assertThat(scene.states(1001)).containsExactly("PENDING");
      assertThat(open(scene)).containsExactly("UNKNOWN_HERE");
      assertThat(scene.sandbox.ledger().charges()).hasSize(sent);
      pastTheHorizon();
      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED");
      assertThat(open(scene)).isEmpty();
      scene.judgeMoney();
    }
  }

  @Test
  void oneThatIsHeldAndWasForgottenIsNotMadeAgain() throws Exception {
    try (var scene = scene("nmi", "V-HELD-1")) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));
      scene.charge(one());
      assertThat(scene.states(1001)).containsExactly("PENDING");
      var backup = Backup.take(scene.schema);
      scene.recoveryWait = Duration.ZERO;
      scene.charge();
      backup.restore();
      pastTheHorizon();

      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      ResolveTest.refused(scene, new Accept(number(scene)), 6, "stands, or may yet");
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      var held = scene.sandbox.ledger().charges().getFirst();
      scene.sandbox.ledger().decide(held.id(), true, "100", "SUCCESS");
      scene.charge();

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED");
      scene.judgeMoney();
    }
  }

  /** It is seen again night by night, also when the listing does not show it any more. */
  @Test
  void oneThatCameLateAndThatTheAppRefusesIsNotMadeAgain() throws Exception {
    try (var scene = scene("stripe", "pm_card_visa")) {
      scene.timings = SOON_OUT_OF_SIGHT;
      approvedLate(scene);
      scene.schema.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (invoice_id <> 1001);");
      for (int night = 0; night < 4; night++) {
        assertThat(scene.charge().exitCode()).as("night %d", night).isEqualTo(4);
        assertThat(open(scene)).containsExactly("NOT_BOOKABLE");
        pastTheHorizon();
      }
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      scene.schema.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;");

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED");
      assertThat(open(scene)).isEmpty();
      scene.judgeMoney();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void oneOfWhichAPartWentBackStands(String kind) {
    try (var scene = scene(kind, kind.equals("nmi") ? "V1001" : "pm_card_visa")) {
      scene.recoveryWait = Duration.ZERO;
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_AFTER));
      scene.charge();
      assertThat(scene.states(1001)).containsExactly("SENT");
      var charge = scene.sandbox.ledger().standing().getFirst();
      scene.sandbox.ledger().refund(charge.id(), 400);
      pastTheHorizon();
      scene.charge();
      assertThat(scene.states(1001)).containsExactly("REVIEW");

      ResolveTest.refused(scene, new NotCharged(KEY), 6, "as charged by transaction");
      ResolveTest.resolve(scene, new Settled(KEY, charge.transactionId()));
      scene.charge();

      assertThat(open(scene)).containsExactly("REVERSED");
      ResolveTest.refused(scene, new ChargeAgain("1001", false), 6, "still shows invoice 1001");
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      scene.judgeMoney();
    }
  }

  /** Our send went astray on its way, and is answered with what became of somebody else's. */
  @Test
  void oneOfSomebodyElseIsNotTakenForTheAttemptThatItAnswered() throws Exception {
    try (var scene = new Scene(FORGETFUL)) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofSeconds(1);
      scene.recoveryWait = Duration.ZERO;
      scene.invoice(1001, "78.00", "pm_card_visa").enroll();
      var others =
          OutOfStep.chargeByHand(scene, "OTHER-7-1", "7", "another", "cus_7", "pm_card_visa");
      try (var astray = new Astray(scene.sandbox.stripeUrl(), others)) {
        scene.gatewayUrl = astray.url();
        assertThat(scene.charge().exitCode()).isEqualTo(4);
      }
      scene.gatewayUrl = null;
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("REVIEW");
      assertThat(scene.story(1001)).contains("key OTHER-7-1 instead of SHOP-1001-1", others);
      pastTheHorizon();
      ResolveTest.resolve(scene, new NotCharged(KEY));

      assertThat(scene.charge().exitCode()).as(scene.story(1001)).isZero();

      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("CANCELLED", "SETTLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
      assertThat(scene.schema.column("SELECT sends FROM charge_attempts ORDER BY attempt_no"))
          .containsExactly("?", "a");
    }
  }

  private static Scene scene(String kind, String card) {
    var scene = new Scene(FORGETFUL);
    scene.kind = kind;
    scene.timings = Scene.SHORT;
    scene.timeout = Duration.ofSeconds(1);
    return scene.invoice(1001, "79.00", card).enroll();
  }

  /** Nothing of it is found past the horizon, and then it takes effect after all. */
  private static void approvedLate(Scene scene) throws InterruptedException {
    scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.EFFECT_LATE, Duration.ofSeconds(6)));
    scene.charge(one());
    assertThat(scene.states(1001)).containsExactly("PENDING");
    assertThat(scene.sandbox.ledger().standing()).isEmpty();
    var giveUp = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (scene.sandbox.ledger().standing().isEmpty() && System.nanoTime() < giveUp) {
      Thread.sleep(100);
    }
    Thread.sleep(200);
  }

  /** As where the younger one was released before the elder one came late. */
  private static void theElderOnePays(Scene scene) {
    Backup.withoutGuards(
        scene.schema,
        () ->
            scene.schema.owner(
                "UPDATE charge_attempts SET released_at = UTC_TIMESTAMP(6) WHERE attempt_no = 2;\n"
                    + "UPDATE charge_attempts SET released_at = NULL WHERE attempt_no = 1;"));
  }

  private static void inReviewAndNotCharged(Scene scene) {
    scene.recoveryWait = Duration.ZERO;
    scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));
    scene.charge();
    scene.recoveryWait = Duration.ofSeconds(20);
    scene.schema.owner(
        "UPDATE charge_attempts SET state = 'REVIEW', evidence = 'gateway: as in a test';");
    pastTheHorizon();
  }

  private static ChargeOrder one() {
    return new ChargeOrder(Scene.TODAY, Set.of(), 1, Duration.ZERO);
  }

  private static String transaction(Scene scene) {
    return scene.sandbox.ledger().standing().getFirst().transactionId();
  }

  private static long number(Scene scene) {
    return Long.parseLong(
        scene.schema.one("SELECT id FROM charge_differences WHERE state = 'OPEN'"));
  }

  private static void pastTheHorizon() {
    try {
      Thread.sleep(3_500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
