package billing.run;

import static billing.run.OutOfStep.open;
import static billing.run.PayPage.authorize;
import static billing.run.PayPage.capture;
import static billing.run.PayPage.captureOf;
import static billing.run.PayPage.nmi;
import static billing.run.PayPage.number;
import static billing.run.PayPage.scene;
import static billing.run.PayPage.soonOutOfSight;
import static billing.run.PayPage.stripe;
import static billing.run.PayPage.untilTheListingShowsIt;
import static org.assertj.core.api.Assertions.assertThat;

import billing.run.ResolveOrder.AlreadyPaid;
import billing.run.ResolveOrder.ChargeIt;
import billing.sandbox.Weather;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else authorized, and captured later or never. */
@Timeout(120)
class AuthorizedElsewhereTest {

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

  /**
   * That money is held may have been nothing to him who decided; that it was taken is news, once.
   */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void theCaptureOfWhatWasDecidedIsToldAnewAndOnce(String kind) throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      scene.schema.owner(
          "UPDATE invoices SET due_on = '%s';"
              .formatted(LocalDate.now(ZoneOffset.UTC).plusDays(27)));
      var other = authorize(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      ResolveTest.resolve(scene, new ChargeIt(number(scene)));
      assertThat(scene.charge().exitCode()).isZero();
      Thread.sleep(1_500);

      capture(scene, other, "79.00");
      untilTheListingShowsIt();

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.schema.one("SELECT detail FROM charge_differences WHERE state = 'OPEN'"))
          .contains(other, "took 79.00 USD");
      ResolveTest.resolve(scene, new ChargeIt(number(scene)));
      // By then the list of charges shows it no more, but still that of captures.
      Thread.sleep(1_500);
      assertThat(scene.charge().exitCode()).isZero();
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
      scene.schema.owner(PayPage.OFF_DUE);
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
      scene.schema.owner(PayPage.OFF_DUE);
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
}
