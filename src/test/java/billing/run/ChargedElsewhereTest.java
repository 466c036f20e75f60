package billing.run;

import static billing.run.OutOfStep.open;
import static billing.run.PayPage.charge;
import static billing.run.PayPage.charges;
import static billing.run.PayPage.decide;
import static billing.run.PayPage.declined;
import static billing.run.PayPage.id;
import static billing.run.PayPage.number;
import static billing.run.PayPage.scene;
import static billing.run.PayPage.soonOutOfSight;
import static billing.run.PayPage.stripe;
import static billing.run.PayPage.undecided;
import static billing.run.PayPage.untilTheListingShowsIt;
import static billing.run.PayPage.withoutAnIntent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.rules.Limits;
import billing.run.ResolveOrder.AlreadyPaid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
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
      scene.schema.owner(PayPage.OFF_DUE);
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
      scene.schema.owner(PayPage.OFF_DUE);

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
      scene.schema.owner(PayPage.OFF_DUE);
      var id = number(scene);

      assertThatThrownBy(() -> ResolveTest.resolve(scene, new AlreadyPaid(id, other)))
          .isInstanceOfSatisfying(
              RunRefused.class,
              refused -> assertThat(refused.remedy()).contains("enter " + other, "--charge-it"));

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }
}
