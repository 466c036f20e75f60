package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import billing.model.ChargeKey;
import billing.model.Timings;
import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.Book;
import billing.run.ResolveOrder.ChargeAgain;
import billing.run.ResolveOrder.Form;
import billing.run.ResolveOrder.NotCharged;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Backup;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A person's decisions about attempts and invoices, against both gateways' protocols. */
class ResolveTest {

  private static final String CALM = "latency=5ms,lag=0ms,duplicate-window=0ms";

  /** Horizons of seconds, and a doubt is not asked about in the night that made it. */
  static final Timings UNASKED = unasked(Scene.SHORT.indeterminate());

  /** The same, with another longest wait for any send. */
  static Timings unasked(Duration longest) {
    return new Timings(
        Scene.SHORT.permit(),
        Scene.SHORT.transit(),
        Scene.SHORT.processing(),
        Scene.SHORT.lookupLag(),
        Scene.SHORT.clockSkew(),
        Duration.ofSeconds(20),
        Duration.ZERO,
        longest);
  }

  private static final Fault STALE = Fault.of(Kind.LOOKUP_STALE, Duration.ofHours(1));

  private static final ChargeKey KEY = new ChargeKey("SHOP-1001-1");

  private static Scene scene(String kind) {
    var scene = bare(kind, CALM);
    return scene.invoices(1001, 1, scene.good()).enroll();
  }

  private static Scene bare(String kind, String weather) {
    var scene = new Scene(weather);
    scene.kind = kind;
    scene.timings = UNASKED;
    scene.recoveryWait = Duration.ZERO;
    return scene;
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aReviewThatWasChargedIsBookedByTheOneWayAndTold(String kind) {
    try (var scene = scene(kind)) {
      var transaction = chargedAndInReview(scene);

      var report = resolve(scene, new Settled(KEY, transaction));

      assertThat(report.done()).isTrue();
      assertThat(report.what()).contains("SETTLED by transaction " + transaction);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.story(1001)).contains("--settled: a test").contains("approved, transaction");
      assertThat(scene.mail.received()).hasSize(1);
      assertThat(
              scene.schema.column(
                  "SELECT CONCAT_WS(' ', decision, about, because) FROM billing_decisions"))
          .containsExactly("SETTLED SHOP-1001-1 a test");
      assertThat(scene.schema.one("SELECT exit_code FROM billing_runs WHERE command = 'resolve'"))
          .isEqualTo("0");
      scene.judge();

      var again = resolve(scene, new Settled(KEY, transaction));

      assertThat(again.done()).isFalse();
      assertThat(again.what()).contains("already");
      scene.judge();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void againstTheGatewaysWordNothingIsDone(String kind) {
    try (var scene = scene(kind)) {
      var transaction = chargedAndInReview(scene);
      pastTheHorizon();

      refused(scene, new NotCharged(KEY), 6, "as charged by transaction " + transaction);
      refused(scene, new Settled(KEY, "pi_nonsense"), 6, "no transaction pi_nonsense under");
      refused(scene, new Settled(new ChargeKey("SHOP-9-1"), "x"), 2, "knows no attempt SHOP-9-1");
      scene.sandbox.faults().always(Match.LOOKUP, Fault.of(Kind.LOOKUP_FAILS));
      refused(scene, new NotCharged(KEY), 8, kind.equals("nmi") ? "refused" : "did not answer");

      assertThat(scene.states(1001)).containsExactly("REVIEW");
      assertThat(scene.count("billing_decisions")).isZero();
      assertThat(scene.count("payments")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatWasRefundedIsNotChargedAndTheInvoiceGoesOn(String kind) {
    try (var scene = scene(kind)) {
      var transaction = chargedAndInReview(scene);
      pastTheHorizon();
      scene.sandbox.ledger().reverse(transaction);

      var report = resolve(scene, new NotCharged(KEY));

      assertThat(report.what()).contains("CANCELLED");
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      assertThat(resolve(scene, new NotCharged(KEY)).done()).isFalse();
      // The refunded charge must not keep its sibling waiting for ever.
      scene.chargeUntilDone();
      assertThat(scene.states(1001)).containsExactly("CANCELLED", "SETTLED");
      scene.judge();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aDoubtIsNotDeclaredUnchargedBeforeItsHorizon(String kind) {
    try (var scene = scene(kind)) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE));
      scene.timeout = Duration.ofMillis(500);
      scene.charge();
      assertThat(scene.states(1001)).containsExactly("SENT");

      refused(scene, new NotCharged(KEY), 6, "may still take effect at the gateway until");
      assertThat(scene.states(1001)).containsExactly("SENT");
      pastTheHorizon();
      resolve(scene, new NotCharged(KEY));

      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      scene.chargeUntilDone();
      assertThat(scene.states(1001)).containsExactly("CANCELLED", "SETTLED");
      scene.judge();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatWasSeenApprovedTwiceIsNotDeclaredUnchargedWhileNothingOfItIsShown(String kind) {
    try (var scene = bare(kind, CALM + ",duplicate-override=off,idempotency=off")) {
      scene.timeout = Duration.ofMillis(500);
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_AFTER), 2);
      scene.sandbox.faults().always(Match.LOOKUP, STALE);
      scene.charge();
      pastTheHorizon();
      scene.charge();
      scene.sandbox.faults().clear();
      scene.charge();
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("REVIEW");
      assertThat(scene.story(1001)).contains("approved more than once");
      scene.sandbox.faults().always(Match.LOOKUP, STALE);
      pastTheHorizon();

      refused(scene, new NotCharged(KEY), 6, "an approval of SHOP-1001-1 is on record");

      scene.sandbox.faults().clear();
      scene.sandbox.ledger().standing().forEach(c -> scene.sandbox.ledger().reverse(c.id()));
      resolve(scene, new NotCharged(KEY));
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
    }
  }

  /** Stripe is asked by its own id, too, and shows the charge itself. */
  @ParameterizedTest
  @CsvSource({"stripe, as charged by transaction", "nmi, an approval of SHOP-1001-1 is on record"})
  void whatWasApprovedNotAsAskedIsNeitherDeclaredUnchargedNorBooked(String kind, String says) {
    try (var scene = bare(kind, CALM)) {
      scene.timeout = Duration.ofMillis(500);
      scene.invoice(1001, "78.00", kind.equals("nmi") ? "V1001" : "pm_card_visa").enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE));
      scene.charge();
      var card = scene.schema.one("SELECT payment_ref FROM customers");
      var id = OutOfStep.installation(scene);
      OutOfStep.chargeByHand(scene, KEY.value(), "1001", id, "cus_1001", card);
      scene.charge();
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("REVIEW");
      assertThat(scene.story(1001)).contains("approved, transaction", "a person is needed");
      scene.sandbox.faults().always(Match.LOOKUP, STALE);
      pastTheHorizon();

      refused(scene, new NotCharged(KEY), 6, says);

      scene.sandbox.faults().clear();
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("REVIEW");
      assertThat(scene.count("payments")).isZero();
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  /** Of a send that a promoted replica has lost nobody knows when its horizon is over. */
  @Test
  void whereTheDatabaseMayLackTheLastSendNothingIsDeclaredUncharged() throws IOException {
    try (var scene = scene("stripe")) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE));
      scene.timeout = Duration.ofMillis(500);
      scene.charge();
      pastTheHorizon();
      GoneBackTest.onAnotherServer(scene, 1);

      refused(scene, new NotCharged(KEY), 6, "may lack what the last run did");

      assertThat(scene.states(1001)).containsExactly("SENT");
      assertThat(scene.count("billing_decisions")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void anInvoiceIsChargedAgainOnceTheFirstChargeIsRefunded(String kind) {
    try (var scene = scene(kind)) {
      scene.charge();
      scene.schema.owner("UPDATE invoices SET amount_due = 79 WHERE id = 1001;");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      var transaction = transaction(scene);

      refused(scene, new ChargeAgain("1001", false), 6, "still shows invoice 1001 as charged");
      scene.sandbox.ledger().reverse(transaction);
      var report = resolve(scene, new ChargeAgain("1001", false));

      assertThat(report.what()).contains("charged once more");
      assertThat(report.open()).isEmpty();
      assertThat(resolve(scene, new ChargeAgain("1001", false)).done()).isFalse();
      scene.chargeUntilDone();
      assertThat(scene.states(1001)).containsExactly("SETTLED", "SETTLED");
      scene.judgeCharges();
      // Once means once: the next time it is due again a person is asked again.
      scene.schema.owner("UPDATE invoices SET amount_due = 79 WHERE id = 1001;");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).hasSize(2);
    }
  }

  @Test
  void althoughNotRefundedIsForThePersonToSay() {
    try (var scene = scene("stripe")) {
      scene.charge();
      scene.schema.owner("UPDATE invoices SET amount_due = 79 WHERE id = 1001;");
      scene.charge();

      resolve(scene, new ChargeAgain("1001", true));

      scene.chargeUntilDone();
      assertThat(scene.states(1001)).containsExactly("SETTLED", "SETTLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
      assertThat(scene.schema.one("SELECT evidence FROM billing_decisions"))
          .startsWith("although not refunded; approved");
    }
  }

  @Test
  void whatWasNeverChargedCannotBeChargedAgain() {
    try (var scene = scene("stripe")) {
      refused(scene, new ChargeAgain("1001", false), 2, "knows no attempt of invoice 1001");
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
      scene.charge();

      refused(scene, new ChargeAgain("1001", true), 6, "was never charged");
      refused(scene, new NotCharged(KEY), 6, "is DECLINED");
    }
  }

  /** A slow rail still decides about a send that the database has forgotten. */
  @Test
  void aForgottenChargeThatMayYetStandIsNotAcceptedAway() throws Exception {
    try (var scene = new Scene(CALM + ",idempotency=off")) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(500);
      scene.invoice(1001, "79.00", "pm_usBankAccount_processing").enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));
      scene.charge(new ChargeOrder(Scene.TODAY, Set.of(), 1, Duration.ZERO));
      assertThat(scene.states(1001)).containsExactly("PENDING");
      var backup = Backup.take(scene.schema);
      scene.charge();
      backup.restore();
      pastTheHorizon();
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      var difference =
          Long.parseLong(
              scene.schema.one(
                  "SELECT id FROM charge_differences WHERE kind = 'UNKNOWN_HERE' AND state ="
                      + " 'OPEN'"));

      refused(scene, new Accept(difference), 6, "stands, or may yet");
      var charge = scene.sandbox.ledger().underKey(KEY.value()).getFirst();
      scene.sandbox.ledger().decide(charge.id(), true, "succeeded", "");
      refused(scene, new Accept(difference), 6, "stands, or may yet");
      scene.charge();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);

      scene.reconcile(Duration.ofHours(1), false);

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.count("charge_differences WHERE state = 'OPEN'")).isZero();
      scene.judgeMoney();
    }
  }

  /** The reply is lost after the charge took effect, and a contradiction calls a person. */
  private static String chargedAndInReview(Scene scene) {
    scene.timeout = Duration.ofSeconds(1);
    scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_AFTER));
    scene.charge();
    scene.schema.owner(
        "UPDATE charge_attempts SET state = 'REVIEW', evidence = 'gateway: as in a test';");
    assertThat(scene.states(1001)).containsExactly("REVIEW");
    return transaction(scene);
  }

  private static String transaction(Scene scene) {
    return scene.sandbox.ledger().standing().getFirst().transactionId();
  }

  private static void pastTheHorizon() {
    try {
      Thread.sleep(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The app's tables alone were restored, and the invoice's number was given out again. */
  @ParameterizedTest
  @ValueSource(strings = {"2026-11-20", "2027-06-01"})
  void whatOneCustomerPaidIsNotBookedIntoAnothersInvoice(String dueOn) {
    try (var scene = scene("stripe")) {
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          """
          DELETE FROM transactions;
          DELETE FROM payments;
          DELETE FROM invoices;
          DELETE FROM customers;
          INSERT INTO customers (id, name, customer_ref, payment_ref)
          VALUES (7, 'Bob', 'cus_bob', 'pm_bob');
          INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
          VALUES (1001, 7, 50, 50, 'USD', '%s');
          """
              .formatted(dueOn));
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      var unbooked = "charge_differences WHERE kind = 'UNBOOKED' AND state = 'OPEN'";
      var id = Long.parseLong(scene.schema.one("SELECT id FROM " + unbooked));

      refused(scene, new Book(id), 6, "is of customer cus_1001, and invoice 1001 of cus_bob now");

      assertThat(scene.schema.one("SELECT amount_due FROM invoices")).startsWith("50.00");
      assertThat(scene.count("payments")).isZero();
      assertThat(scene.count(unbooked)).isOne();
    }
  }

  static ResolveReport resolve(Scene scene, Form form) {
    try (var database = scene.database();
        var gateway = scene.gateway()) {
      return new Resolve(
              database, scene.login(), gateway, scene.postman(), scene.settings(), "test")
          .run(
              new ResolveOrder(
                  scene.althoughAccountRefused
                      ? new ResolveOrder.OnOneWord((ResolveOrder.Pinning) form)
                      : form,
                  "a test"),
              Duration.ZERO);
    }
  }

  static void refused(Scene scene, Form form, int code, String says) {
    var refused = catchThrowableOfType(RunRefused.class, () -> resolve(scene, form));
    assertThat(refused).as("%s is refused", form).isNotNull();
    assertThat(refused.message()).contains(says);
    assertThat(refused.exitCode()).isEqualTo(code);
  }
}
