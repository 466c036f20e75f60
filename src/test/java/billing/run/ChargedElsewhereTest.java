package billing.run;

import static billing.run.OutOfStep.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.rules.Limits;
import billing.run.ResolveOrder.AlreadyPaid;
import billing.run.ResolveOrder.ChargeIt;
import billing.sandbox.Fault;
import billing.sandbox.Match;
import billing.sandbox.Weather;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What closes a difference about somebody else's charge, and what must not. */
@Timeout(120)
class ChargedElsewhereTest {

  private static final String DECLINED = "pm_card_visa_chargeDeclined";
  private static final String OFF_DUE = "UPDATE invoices SET due_on = '2999-01-01';";

  @Test
  void aLostNightThatIsMadeUpForSeesWhatPaidAnInvoiceOfTheDaysSince() {
    try (var scene = scene("stripe")) {
      var today = LocalDate.now(ZoneOffset.UTC);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.minusDays(1)));
      charge(scene);

      var report =
          scene.charge(
              new ChargeOrder(today.minusDays(3), Set.of(), Integer.MAX_VALUE, Duration.ZERO));

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }

  /** On the day on which it is due no listing shows the charge any more. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whoPaysBeforeTheInvoiceIsDueIsNotChargedOnThatDay(String kind) throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var today = LocalDate.now(ZoneOffset.UTC);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.plusDays(30)));
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today));

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      assertThat(scene.states(1001)).isEmpty();
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.plusDays(27)));
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  @Test
  void aListingOfAClockThatWasAheadHidesNothing() {
    try (var scene = scene("stripe")) {
      scene.schema.owner(OFF_DUE);
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          "UPDATE billing_listings SET listed_until = listed_until + INTERVAL 3 DAY;");
      charge(scene);
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20';");

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  /** The listing shows the charge once: it must still be to come when the file is mended. */
  @Test
  void pagesThatSkipAnInvoiceDoNotHideWhatPaidIt(@TempDir Path appSql) throws Exception {
    try (var scene = scene("stripe")) {
      charge(scene);
      scene.invoices(1002, Limits.PAGE, "pm_card_of_others");
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20' - INTERVAL id - 1000 DAY;");
      scene.appSql = AppDatabaseTest.copyOfTheBundledFiles(appSql);
      var file = appSql.resolve("due_invoices.sql");
      Files.writeString(file, Files.readString(file).replace("ORDER BY i.id", "ORDER BY i.due_on"));

      assertThat(scene.reconcile().exitCode()).isEqualTo(7);
      scene.appSql = null;

      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }

  @Test
  void anInvoiceThatIsOffDueForANightStaysBlocked() {
    try (var scene = scene("stripe")) {
      charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner(OFF_DUE);

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20';");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void onceItIsGivenBackTheInvoiceIsCharged(String kind) {
    try (var scene = scene(kind)) {
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.sandbox.ledger().reverse(other)).isTrue();

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isZero();
      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  /** By the time that a person has decided, no listing shows it any more. */
  @ParameterizedTest
  @CsvSource({"stripe, part", "stripe, dispute", "nmi, part"})
  void whatWentBackInPartOrIsDisputedMayHavePaidTheInvoice(String kind, String what)
      throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var other = charge(scene);
      if (what.equals("part")) {
        assertThat(scene.sandbox.ledger().refund(other, 400)).isNotNull();
      } else {
        assertThat(scene.sandbox.ledger().dispute(other)).isTrue();
      }

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(scene.count("charge_differences")).isOne();
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));
      assertThat(scene.schema.one("SELECT amount FROM payments")).startsWith("79.00");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("REVERSED");
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  /** By the time that is known, no listing shows it any more. */
  @ParameterizedTest
  @CsvSource({"stripe, has not decided transaction", "nmi, does not say how transaction"})
  void whatIsNotDecidedMayPayTheInvoiceUntilItFails(String kind, String says) throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var other = undecided(scene);

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      ResolveTest.refused(scene, new AlreadyPaid(number(scene), other), 6, says + " " + other);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.count("charge_differences")).isOne();
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      decide(scene, false);

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatCameInIsAdoptedThoughItWasSeenOnItsWay(String kind) {
    try (var scene = scene(kind)) {
      var other = undecided(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      decide(scene, true);

      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  /** Nobody asks the customer before it is captured; by then no listing need show it any more. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatIsAuthorizedKeepsTheInvoiceBackAndIsAdoptedOnceItIsCaptured(String kind)
      throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var other = authorize(scene);

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      assertThat(scene.schema.one("SELECT detail FROM charge_differences"))
          .contains("holds 79.00 USD", "not captured");
      ResolveTest.refused(
          scene, new AlreadyPaid(number(scene), other), 6, other + " is authorized");
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).isEmpty();
      capture(scene, other, "79.00");
      assertThat(scene.charge().exitCode()).isEqualTo(4);

      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  /** It is the same charge, in other words. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theCaptureOfWhatWasSeenAuthorizedIsNoOtherDifference(boolean decided) {
    try (var scene = scene("nmi")) {
      scene.schema.owner(
          "UPDATE invoices SET due_on = '%s';"
              .formatted(LocalDate.now(ZoneOffset.UTC).plusDays(27)));
      var other = authorize(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      var number = number(scene);
      if (decided) {
        ResolveTest.resolve(scene, new ChargeIt(number));
        assertThat(scene.charge().exitCode()).isZero();
      }

      capture(scene, other, "79.00");
      untilTheListingShowsIt();

      assertThat(scene.charge().exitCode()).isEqualTo(decided ? 0 : 4);
      assertThat(scene.schema.column("SELECT id FROM charge_differences"))
          .containsExactly(Long.toString(number));
      assertThat(scene.schema.one("SELECT detail FROM charge_differences"))
          .contains(decided ? "not captured" : "took 79.00 USD");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void onceAnAuthorizationIsVoidedTheInvoiceIsCharged(String kind) {
    try (var scene = scene(kind)) {
      var other = authorize(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      if (kind.equals("nmi")) {
        nmi(scene, "type=void&transactionid=" + other);
      } else {
        stripe(scene, "/" + other + "/cancel", "");
      }

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }

  /** No list of Stripe's goes by the time of a capture, but that of its events. */
  @ParameterizedTest
  @CsvSource({"intent, 7900", "intent, 10000", "bare, 7900", "bare, 10000"})
  void whatIsCapturedSinceItsAuthorizationWasSeenKeepsTheInvoiceBack(String how, int held)
      throws Exception {
    try (var scene = soonOutOfSight("stripe")) {
      scene.schema.owner(OFF_DUE);
      var other = authorize(scene, how, held);
      assertThat(scene.charge().exitCode()).isZero();
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isZero();
      captureOf(scene, how, other);
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20';");
      untilTheListingShowsIt();

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      assertThat(scene.schema.one("SELECT detail FROM charge_differences"))
          .contains(other, "took 79.00 USD")
          .doesNotContain("refunded");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT amount FROM payments")).startsWith("79.00");
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intent", "bare"})
  void whatWasGivenBackWholeSinceItWasCapturedKeepsNothingBack(String how) throws Exception {
    try (var scene = soonOutOfSight("stripe")) {
      scene.schema.owner(OFF_DUE);
      var other = authorize(scene, how, 10_000);
      assertThat(scene.charge().exitCode()).isZero();
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isZero();
      captureOf(scene, how, other);
      assertThat(scene.sandbox.ledger().reverse(other)).isTrue();
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20';");
      untilTheListingShowsIt();

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.count("charge_differences")).isZero();
    }
  }

  /** At NMI an authorization that is never captured stays as it is. */
  @Test
  void anAuthorizationThatNobodyCapturedForMonthsKeepsNothingBack() {
    try (var scene = scene("nmi")) {
      scene.gatewayClock.advance(Duration.ofDays(-32));
      authorize(scene);
      scene.gatewayClock.advance(Duration.ofDays(32));

      assertThat(scene.reconcile(Duration.ofDays(40), false).exitCode()).isZero();

      assertThat(scene.count("charge_differences WHERE state = 'GONE'")).isOne();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }

  /** The money of a sale in two steps is in its capture, wherever a refund is filed. */
  @ParameterizedTest
  @ValueSource(strings = {"off", "on"})
  void whatWasAuthorizedAndCapturedIsAdoptedAsItIsListed(String refundsApart) {
    try (var scene = scene("nmi")) {
      scene.sandbox.faults().weather(Weather.parse("lag=50ms,refunds-apart=" + refundsApart));
      var other = authorize(scene);
      capture(scene, other, "79.00");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      nmi(scene, "type=refund&amount=4.00&transactionid=" + other);

      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));

      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.schema.one("SELECT amount FROM payments")).startsWith("79.00");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("REVERSED");
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  @Test
  void whatWasCapturedInPartIsAdoptedWithThatPart() {
    try (var scene = scene("nmi")) {
      var other = authorize(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      capture(scene, other, "70.00");

      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));

      assertThat(scene.schema.one("SELECT amount FROM payments")).startsWith("70.00");
    }
  }

  /** A pay page keeps one intent for each invoice; when it is paid, it is too old for its list. */
  @ParameterizedTest
  @ValueSource(strings = {"", DECLINED})
  void whatIsPaidByAnIntentOfLongAgoKeepsTheInvoiceBack(String declined) throws Exception {
    try (var scene = soonOutOfSight("stripe")) {
      var today = LocalDate.now(ZoneOffset.UTC);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.plusDays(30)));
      scene.gatewayClock.advance(Duration.ofDays(-7));
      var intent = id(stripe(scene, "", "amount=7900&currency=usd&customer=cus_1001"));
      if (!declined.isEmpty()) {
        declined(scene, "/v1/payment_intents/" + intent + "/confirm", "payment_method=" + declined);
      }
      scene.gatewayClock.advance(Duration.ofDays(7));
      assertThat(scene.charge().exitCode()).isZero();
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isZero();
      stripe(scene, "/" + intent + "/confirm", "payment_method=pm_card_visa");
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today));
      untilTheListingShowsIt();

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), intent));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(intent);
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  /** As scripts charge that are older than intents. */
  @Test
  void whatWasChargedWithoutAnIntentKeepsTheInvoiceBackAndIsAdopted() throws Exception {
    try (var scene = soonOutOfSight("stripe")) {
      var other = withoutAnIntent(scene, "");

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().refund(other, 400)).isNotNull();
      untilTheListingShowsIt();
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("REVERSED");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onceAChargeWithoutAnIntentIsGivenBackTheInvoiceIsCharged(boolean onlyHeld) {
    try (var scene = scene("stripe")) {
      var other = withoutAnIntent(scene, onlyHeld ? "&capture=false" : "");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      if (onlyHeld) {
        ResolveTest.refused(
            scene, new AlreadyPaid(number(scene), other), 6, other + " is authorized");
        charges(scene, "/" + other + "/capture", "");
      }
      assertThat(scene.sandbox.ledger().reverse(other)).isTrue();

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }

  @Test
  void aDeclinedChargeWithoutAnIntentHasPaidNothing() {
    try (var scene = scene("stripe")) {
      declined(
          scene, "/v1/charges", "amount=7900&currency=usd&customer=cus_1001&source=" + DECLINED);
      untilTheListingShowsIt();

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }

  /** Booked under another id than the listing's, it would be found again and again. */
  @Test
  void theChargeOfAnIntentIsNotAdoptedUnderItsOwnId() {
    try (var scene = scene("stripe")) {
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      var charge = scene.sandbox.ledger().charges().getFirst().id();

      ResolveTest.refused(
          scene, new AlreadyPaid(number(scene), charge), 6, "approved, transaction " + other);
      ResolveTest.refused(scene, new AlreadyPaid(number(scene), "ch_none"), 6, "ch_none");
    }
  }

  @Test
  void ofAnInvoiceThatIsNotDueAPersonIsToldWhatClosesIt() {
    try (var scene = scene("stripe")) {
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner(OFF_DUE);
      var id = number(scene);

      assertThatThrownBy(() -> ResolveTest.resolve(scene, new AlreadyPaid(id, other)))
          .isInstanceOfSatisfying(
              RunRefused.class,
              refused -> assertThat(refused.remedy()).contains("enter " + other, "--charge-it"));

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }

  private static Scene scene(String kind) {
    var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms");
    scene.kind = kind;
    return scene.invoices(1001, 1, scene.good()).enroll();
  }

  private static Scene soonOutOfSight(String kind) {
    var scene = scene(kind);
    scene.timings = Scene.timings(Scene.SHORT.permit(), Duration.ofSeconds(3));
    scene.timeout = Duration.ofMillis(500);
    return scene;
  }

  private static String charge(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    return OutOfStep.chargeByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
  }

  /** A bank debit that is on its way, or what NMI leaves in a condition that decides nothing. */
  private static String undecided(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    if (scene.kind.equals("nmi")) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.HELD));
    } else {
      card = "pm_usBankAccount_processing";
    }
    OutOfStep.replyByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
    return scene.sandbox.ledger().charges().getFirst().transactionId();
  }

  /** As a pay page does that takes the money when it delivers. */
  private static String authorize(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    if (scene.kind.equals("nmi")) {
      nmi(scene, "type=auth&amount=79.00&currency=USD&orderid=OLD-1&customer_vault_id=" + card);
    } else {
      stripe(
          scene,
          "",
          "amount=7900&currency=usd&customer=cus_1001&confirm=true&capture_method=manual"
              + "&payment_method="
              + card);
    }
    untilTheListingShowsIt();
    return scene.sandbox.ledger().charges().getFirst().transactionId();
  }

  private static String authorize(Scene scene, String how, int minor) {
    var form = "amount=%d&currency=usd&customer=cus_1001".formatted(minor);
    var held =
        how.equals("intent")
            ? stripe(
                scene, "", form + "&confirm=true&capture_method=manual&payment_method=pm_card_visa")
            : charges(scene, "", form + "&capture=false&source=card_of_1001");
    untilTheListingShowsIt();
    return id(held);
  }

  private static void captureOf(Scene scene, String how, String id) {
    if (how.equals("intent")) {
      stripe(scene, "/" + id + "/capture", "amount_to_capture=7900");
    } else {
      charges(scene, "/" + id + "/capture", "amount=7900");
    }
  }

  private static void untilTheListingShowsIt() {
    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
  }

  private static String withoutAnIntent(Scene scene, String more) {
    var form = "amount=7900&currency=usd&customer=cus_1001&source=card_of_1001" + more;
    var other = id(charges(scene, "", form));
    untilTheListingShowsIt();
    return other;
  }

  private static String id(String reply) {
    return reply.split("\"", 5)[3];
  }

  private static void capture(Scene scene, String transactionId, String amount) {
    if (scene.kind.equals("nmi")) {
      nmi(scene, "type=capture&transactionid=" + transactionId + "&amount=" + amount);
    } else {
      stripe(scene, "/" + transactionId + "/capture", "");
    }
  }

  private static void nmi(Scene scene, String form) {
    var said =
        post(
            scene.sandbox.nmiUrl().resolve("/api/transact.php"),
            "security_key=" + scene.sandbox.settings().nmiKey() + "&" + form,
            "none",
            200);
    assertThat(said).startsWith("response=1&");
  }

  private static String stripe(Scene scene, String path, String form) {
    return stripe(scene, "/v1/payment_intents" + path, form, 200);
  }

  private static String charges(Scene scene, String path, String form) {
    return stripe(scene, "/v1/charges" + path, form, 200);
  }

  private static void declined(Scene scene, String path, String form) {
    stripe(scene, path, form, 402);
  }

  private static String stripe(Scene scene, String path, String form, int status) {
    return post(
        scene.sandbox.stripeUrl().resolve(path),
        form,
        "Bearer " + scene.sandbox.settings().stripeKey(),
        status);
  }

  private static String post(URI to, String form, String authorization, int status) {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(to)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .header("Authorization", authorization)
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build();
      var reply = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).as("%s", reply.body()).isEqualTo(status);
      return reply.body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void decide(Scene scene, boolean approved) {
    var held = scene.sandbox.ledger().charges().getFirst();
    assertThat(scene.sandbox.ledger().decide(held.id(), approved, "200", "as in a test")).isTrue();
  }

  private static long number(Scene scene) {
    return Long.parseLong(
        scene.schema.one("SELECT id FROM charge_differences WHERE state = 'OPEN'"));
  }
}
