package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.Admission;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.ClaimVerdict;
import billing.model.Currency;
import billing.model.Invoice;
import billing.model.Money;
import billing.model.Order;
import billing.model.Past;
import billing.model.Sends;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EligibilityTest {

  private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);
  private static final Currency USD = Currency.of("USD").orElseThrow();
  private static final Account ACCOUNT = new Account("stripe", "acct_1", false);
  private static final Eligibility ELIGIBILITY =
      new Eligibility("inst", ACCOUNT, 1, Map.of(USD, 500_000L));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # latest  | same card | hard  | retry on   | settled | difference | becomes
          -         | no        | false | -          | false   | false      | Enqueue
          PENDING   | yes       | false | -          | false   | false      | LIVE
          SENT      | yes       | false | -          | false   | false      | LIVE
          SENT      | no        | false | -          | false   | true       | LIVE
          REVIEW    | yes       | false | -          | false   | false      | LIVE
          DECLINED  | yes       | false | 2026-11-23 | false   | false      | Enqueue
          DECLINED  | yes       | false | 2026-11-22 | false   | false      | Enqueue
          DECLINED  | yes       | false | 2026-11-24 | false   | false      | RETRY_DAY
          DECLINED  | yes       | false | -          | false   | false      | RETRIES_USED_UP
          DECLINED  | yes       | true  | -          | false   | false      | HARD_DECLINED
          DECLINED  | no        | true  | -          | false   | false      | Enqueue
          DECLINED  | no        | false | 2026-11-24 | false   | false      | Enqueue
          DECLINED  | no        | false | -          | false   | true       | BLOCKED
          CANCELLED | yes       | false | -          | false   | false      | Enqueue
          SETTLED   | yes       | false | -          | true    | false      | DUE_AGAIN
          DECLINED  | no        | false | -          | true    | false      | DUE_AGAIN
          SETTLED   | yes       | false | -          | false   | false      | Enqueue
          """)
  void theTable(
      @Nullable AttemptState latest,
      String sameCard,
      boolean hard,
      @Nullable LocalDate retryOn,
      boolean settled,
      boolean difference,
      String becomes) {
    var card = sameCard.equals("yes") ? "pm_1" : "pm_0";
    var past = new Past(2, latest, card, hard, retryOn, 1, TODAY, settled, difference);

    assertThat(name(ELIGIBILITY.admit(invoice("79.00", "USD", "pm_1"), past, TODAY)))
        .isEqualTo(becomes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          79.00     | USD | Enqueue
          79        | JPY | Enqueue
          79.5      | JPY | NOT_CHARGEABLE
          1.234     | KWD | Enqueue
          1.2345    | KWD | NOT_CHARGEABLE
          1.2345    | CLF | Enqueue
          79.001    | USD | NOT_CHARGEABLE
          0.00      | USD | NOT_CHARGEABLE
          -5.00     | USD | NOT_CHARGEABLE
          5000.00   | USD | Enqueue
          5000.01   | USD | NOT_CHARGEABLE
          79.00     | usd | NOT_CHARGEABLE
          79.00     | XYZ | NOT_CHARGEABLE
          99999999999999999.99 | EUR | NOT_CHARGEABLE
          """)
  void anAmountThatDoesNotFitIsADifferenceAndNotACrash(
      String amount, String currency, String becomes) {
    var admission = ELIGIBILITY.admit(invoice(amount, currency, "pm_1"), Past.NONE, TODAY);

    assertThat(name(admission)).isEqualTo(becomes);
  }

  @Test
  void anInvoiceWithoutAPaymentMethodIsListedAndNoDifference() {
    assertThat(name(ELIGIBILITY.admit(invoice("79.00", "USD", null), Past.NONE, TODAY)))
        .isEqualTo("NO_PAYMENT_METHOD");
  }

  @Test
  void anIdThatWeCannotHandleIsADifference() {
    for (var id : new String[] {" 7", "7 ", "", "Ä7", "x".repeat(65), "a\nb"}) {
      var odd =
          new Invoice(id, BigDecimal.TEN, "USD", "pm", null, null, null, null, null, Map.of());
      assertThat(name(ELIGIBILITY.admit(odd, Past.NONE, TODAY))).isEqualTo("NOT_CHARGEABLE");
    }
  }

  @Test
  void aChangedCardStartsTheDeclinesOver() {
    var past =
        new Past(3, AttemptState.DECLINED, "pm_0", true, null, 3, TODAY.minusDays(9), false, false);

    var enqueue = (Admission.Enqueue) ELIGIBILITY.admit(invoice("79", "USD", "pm_1"), past, TODAY);

    assertThat(enqueue.attemptNo()).isEqualTo(4);
    assertThat(enqueue.declinesBefore()).isZero();
  }

  @Test
  void beforeItsFirstSendAnAttemptTakesTheInvoiceAsItIsAtTheClaim() {
    var verdict = ELIGIBILITY.recheck(attempt(0), invoice("80.00", "USD", "pm_2"));

    var order = ((ClaimVerdict.Send) verdict).order();
    assertThat(order.amount()).isEqualTo(new Money(8000, USD));
    assertThat(order.paymentRef()).isEqualTo("pm_2");
  }

  @ParameterizedTest
  @CsvSource({
    "79.00, USD, cus_1, pm_1, Send",
    "79.01, USD, cus_1, pm_1, Cancel",
    "79.00, EUR, cus_1, pm_1, Cancel",
    "79.00, USD, cus_2, pm_1, Cancel",
    "79.00, USD, cus_1, pm_2, Cancel",
    "9000.00, USD, cus_1, pm_1, Differs",
  })
  void aRepeatAsksForTheSameOrderOrForNothing(
      String amount, String currency, String customer, String card, String verdict) {
    var invoice =
        new Invoice(
            "1001",
            new BigDecimal(amount),
            currency,
            card,
            customer,
            null,
            null,
            "another description",
            null,
            Map.of());

    var found = ELIGIBILITY.recheck(attempt(1), invoice);

    assertThat(found.getClass().getSimpleName()).isEqualTo(verdict);
    if (found instanceof ClaimVerdict.Send(var order)) {
      assertThat(order).isEqualTo(attempt(1).order());
    }
  }

  @Test
  void whatIsNoLongerDueIsCancelled() {
    assertThat(ELIGIBILITY.recheck(attempt(0), null)).isInstanceOf(ClaimVerdict.Cancel.class);
    assertThat(ELIGIBILITY.recheck(attempt(2), null)).isInstanceOf(ClaimVerdict.Cancel.class);
  }

  private static String name(Admission admission) {
    return switch (admission) {
      case Admission.Enqueue e -> "Enqueue";
      case Admission.Differs(var difference) -> difference.kind().name();
      case Admission.Skip(var reason, var until) -> reason.name();
    };
  }

  private static Invoice invoice(String amount, String currency, @Nullable String card) {
    return new Invoice(
        "1001",
        new BigDecimal(amount),
        currency,
        card,
        "cus_1",
        null,
        null,
        "Invoice 1001",
        null,
        Map.of());
  }

  private static Attempt attempt(int sends) {
    var order =
        new Order(
            new ChargeKey("SHOP-1001-1"),
            "1001",
            1,
            "inst",
            new Money(7900, USD),
            "cus_1",
            "pm_1",
            "Invoice 1001",
            ACCOUNT,
            1);
    return new Attempt(
        order,
        AttemptState.PENDING,
        sends,
        new Sends("?".repeat(sends)),
        null,
        null,
        null,
        null,
        0,
        null,
        1);
  }
}
