package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.AdoptionVerdict;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.DifferenceKind;
import billing.model.Echo;
import billing.model.Forgotten;
import billing.model.GatewayReply;
import billing.model.Invoice;
import billing.model.Known;
import billing.model.Listed;
import billing.model.Money;
import billing.model.Order;
import billing.model.Remembered;
import billing.model.Sends;
import billing.model.Told;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of what a transaction of the gateway's listing is to us. */
class ComparisonTest {

  private static final Instant AT = Instant.parse("2026-11-20T02:00:00Z");
  private static final Account ACCOUNT = new Account("stripe", "acct_1", false);
  private static final Currency USD = Currency.of("USD").orElseThrow();
  private static final Money PRICE = new Money(7900, USD);
  private static final Comparison RULES = new Comparison("SHOP", "0123456789ab");
  private static final AdoptionRules ADOPTION =
      new AdoptionRules("0123456789ab", ACCOUNT, 1, ZoneOffset.UTC);

  // What is known of transaction pi_T, which bears the key SHOP-7-1: its own attempt with that
  // transaction ("T"), or with another one ("K"), or nothing ("-").
  @ParameterizedTest(name = "{0} {1} {2} there {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # known | state   | sends | there      | verdict
          T | SETTLED   | a  | approved   | Fits
          T | SETTLED   | a  | dearer     | AMOUNT
          T | SETTLED   | a  | reversed   | REVERSED
          T | SETTLED   | a  | partly     | REVERSED
          T | SETTLED   | a  | declined   | REVERSED
          T | SETTLED   | a  | closed     | REVERSED
          T | SETTLED   | a  | processing | Fits
          T | SETTLED   | a  | unknown    | Nothing
          T | SENT      | p  | approved   | Fits
          T | SENT      | p  | declined   | Fits
          T | REVIEW    | c  | reversed   | Fits
          T | DECLINED  | d  | approved   | Late
          T | DECLINED  | d  | declined   | Fits
          K | SETTLED   | a  | approved   | CHARGED_TWICE
          K | SETTLED   | a  | reversed   | Fits
          K | SETTLED   | a  | declined   | Fits
          K | SETTLED   | a  | partly     | CHARGED_TWICE
          K | SETTLED   | a  | processing | UNKNOWN_HERE
          K | SETTLED   | a  | undecided  | Nothing
          K | SETTLED   | a  | unknown    | Nothing
          K | SENT      | ?  | approved   | Fits
          K | SENT      | ?  | declined   | Fits
          K | REVIEW    | c  | approved   | Fits
          K | PENDING   | r  | approved   | Late
          K | PENDING   | r  | partly     | Late
          K | PENDING   | r  | processing | Late
          K | PENDING   | r  | unknown    | Late
          K | PENDING   | r  | duplicate  | Nothing
          K | PENDING   | r  | undecided  | Nothing
          K | PENDING   | r  | declined   | Fits
          K | PENDING   |    | approved   | Forgot
          K | PENDING   |    | declined   | Forgot
          K | PENDING   |    | closed     | Forgot
          K | DECLINED  | d  | approved   | Late
          K | DECLINED  | d  | reversed   | Fits
          K | DECLINED  | d  | declined   | Fits
          K | CANCELLED | r  | approved   | Late
          K | CANCELLED |    | approved   | Late
          K | CANCELLED |    | declined   | Fits
          K | CANCELLED | r  | processing | Late
          K | CANCELLED | r  | unknown    | Late
          - | -         |    | approved   | Forgot
          - | -         |    | declined   | Forgot
          - | -         |    | processing | Forgot
          - | -         |    | unknown    | Forgot
          """)
  void theTable(String known, String state, @Nullable String sends, String there, String verdict) {
    var held =
        known.equals("-")
            ? null
            : remembered(
                1,
                AttemptState.valueOf(state),
                sends == null ? "" : sends,
                known.equals("T") ? "pi_T" : "pi_other");
    var knows =
        new Known(
            known.equals("T") ? held : null,
            held,
            held == null ? List.of() : List.of(held),
            Told.NOT);

    assertThat(name(RULES.judge(listed("SHOP-7-1", there), knows))).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "approved, Elsewhere",
    "declined, Fits",
    "closed, Fits",
    "reversed, Fits",
    "partly, Elsewhere",
    "disputed, Elsewhere",
    "processing, Elsewhere",
    "held, Elsewhere",
    "undecided, Nothing",
    "authorized, Elsewhere",
    "unknown, Nothing"
  })
  void withoutAKeyOfOursItIsSomebodyElses(String there, String verdict) {
    assertThat(name(RULES.judge(listed(null, there), Known.NOTHING))).isEqualTo(verdict);
    assertThat(name(RULES.judge(listed("ORDER 12", there), Known.NOTHING))).isEqualTo(verdict);
    assertThat(name(RULES.judge(listed("SHOP2-7-1", there), Known.NOTHING))).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "approved   | took 79.00 USD from the same customer on 2026-11-20T02:00:00Z",
        "partly     | took 79.00 USD from the same customer on 2026-11-20T02:00:00Z, refunded by"
            + " 4.00 USD since",
        "disputed   | took 79.00 USD from the same customer on 2026-11-20T02:00:00Z, disputed"
            + " since",
        "processing | is taking 79.00 USD from the same customer since 2026-11-20T02:00:00Z",
        "held       | may be taking 79.00 USD from the same customer since 2026-11-20T02:00:00Z"
      })
  void ofAChargeElsewhereItIsSaidWhatBecameOfIt(String there, String words) {
    assertThat(
            ElsewhereRules.elsewhere(listed(null, there), invoice("79.00", "cus_7", "pm_1"))
                .detail())
        .isEqualTo(
            "transaction pi_T %s, without a key of ours, and the app's books do not have it"
                .formatted(words));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, approved, Elsewhere, Nothing",
        "SHOP-7-1, another, approved, Foreign, Foreign",
        "SHOP-7-1, another, processing, Foreign, Foreign",
        "SHOP-7-1, another, reversed, Foreign, Nothing",
        "SHOP-7-1, 0123456789ab, approved, Forgot, Forgot",
        "SHOP-7-1, 0123456789ab, reversed, Forgot, Nothing"
      })
  void anOldOneOfWhichNoMoneyStandsTeachesNothing(
      @Nullable String key, @Nullable String whose, String there, String young, String old) {
    var listed = listed(key, there, "7", whose, PRICE, "cus_7");

    assertThat(name(RULES.judge(listed, Known.NOTHING, listed.at()))).isEqualTo(young);
    assertThat(name(RULES.judge(listed, Known.NOTHING, listed.at().plusMillis(1)))).isEqualTo(old);
  }

  @Test
  void anotherInstallationUnderOurPrefixIsForeignWhateverBecameOfIt() {
    for (var there : List.of("approved", "declined", "closed")) {
      var listed = listed("SHOP-7-1", there, "7", "another", PRICE, "cus_7");
      assertThat(name(RULES.judge(listed, Known.NOTHING))).isEqualTo("Foreign");
      var ours = remembered(1, AttemptState.SENT, "?", null);
      assertThat(name(RULES.judge(listed, new Known(null, ours, List.of(ours), Told.NOT))))
          .isEqualTo("Foreign");
    }
  }

  @Test
  void ofWhatAPersonWasToldNothingIsSaidAgain() {
    var open = new Known(null, null, List.of(), Told.OPEN);
    assertThat(name(RULES.judge(listed("SHOP-7-1", "approved"), open))).isEqualTo("Noted");
    assertThat(name(RULES.judge(listed("SHOP-7-1", "reversed"), open))).isEqualTo("Nothing");
    var accepted = new Known(null, null, List.of(), Told.ACCEPTED);
    assertThat(name(RULES.judge(listed("SHOP-7-1", "approved"), accepted))).isEqualTo("Nothing");
  }

  @Test
  void aReleasedChargeMayGoBack() {
    var held = remembered(1, AttemptState.SETTLED, "a", "pi_T");
    var released = new Remembered(1, held.attempt(), AT, PRICE, AT, false, true);
    var known = new Known(released, released, List.of(released), Told.NOT);
    assertThat(name(RULES.judge(listed("SHOP-7-1", "reversed"), known))).isEqualTo("Fits");
  }

  @Test
  void aKeyLeadsBackToItsInvoice() {
    assertThat(RULES.lead(listed("SHOP-7-12", "approved")).orElseThrow().attemptNo()).isEqualTo(12);
    assertThat(RULES.lead(listed("SHOP-7-12", "approved")).orElseThrow().invoiceId())
        .isEqualTo("7");
    // A hashed key tells its invoice only where the gateway kept it in clear.
    var key = ChargeKey.of("SHOP", "2026/11 no. 7", 2).value();
    assertThat(RULES.lead(listed(key, "approved"))).isEmpty();
    var told = listed(key, "approved", "2026/11 no. 7", null, PRICE, null);
    assertThat(RULES.lead(told).orElseThrow().invoiceId()).isEqualTo("2026/11 no. 7");
    // An invoice that does not make this key is not what it was charged for.
    assertThat(RULES.lead(listed("SHOP-7-1", "approved", "8", null, PRICE, null))).isEmpty();
    for (var odd : List.of("SHOP-", "SHOP-7", "SHOP-7-", "SHOP-7-0", "SHOP-7-1-x", "SHOP-a-1")) {
      assertThat(RULES.lead(listed(odd, "approved"))).as(odd).isEmpty();
      assertThat(RULES.isUnderPrefix(listed(odd, "approved"))).as(odd).isTrue();
    }
  }

  @Test
  void forgottenTriesOfAnInvoiceComeBackInTheirOrder() {
    assertThat(forgot("SHOP-7-1", "declined").inOrder()).isTrue();
    assertThat(forgot("SHOP-7-2", "declined").inOrder()).isFalse();
    var first = remembered(1, AttemptState.DECLINED, "d", null);
    assertThat(forgot("SHOP-7-2", "declined", first).inOrder()).isTrue();
    assertThat(forgot("SHOP-7-3", "declined", first).inOrder()).isFalse();
  }

  @Test
  void aForgottenChargeIsAdoptedAsTheGatewayHasIt() {
    var verdict = ADOPTION.adopt(forgot("SHOP-7-1", "approved"), null);

    assertThat(verdict).isInstanceOf(AdoptionVerdict.Adopt.class);
    var adopt = (AdoptionVerdict.Adopt) verdict;
    assertThat(adopt.order().key().value()).isEqualTo("SHOP-7-1");
    assertThat(adopt.order().amount()).isEqualTo(PRICE);
    assertThat(adopt.order().customerRef()).isEqualTo("cus_7");
    assertThat(adopt.order().paymentRef()).isEqualTo("unknown");
    assertThat(adopt.asOf()).isEqualTo(LocalDate.of(2026, 11, 20));
    assertThat(adopt.declinesBefore()).isZero();
  }

  @Test
  void declinesBeforeItCountOn() {
    var first = remembered(1, AttemptState.DECLINED, "d", null);
    var due = invoice("79.00", "cus_7", "pm_7");

    var adopt = (AdoptionVerdict.Adopt) ADOPTION.adopt(forgot("SHOP-7-2", "declined", first), due);

    assertThat(adopt.declinesBefore()).isEqualTo(1);
    assertThat(adopt.firstDeclinedOn()).isEqualTo(LocalDate.of(2026, 11, 20));
    var otherCard = invoice("79.00", "cus_7", "pm_new");
    var anew =
        (AdoptionVerdict.Adopt) ADOPTION.adopt(forgot("SHOP-7-2", "declined", first), otherCard);
    assertThat(anew.declinesBefore()).isZero();
  }

  @Test
  void anInvoiceOfTheSameNumberAndAnotherCustomerIsNotBooked() {
    var due = invoice("79.00", "cus_8", "pm_8");
    assertThat(kind(ADOPTION.adopt(forgot("SHOP-7-1", "approved"), due)))
        .isEqualTo(DifferenceKind.UNKNOWN_HERE);
  }

  @Test
  void besideAnotherAttemptOfItsInvoiceItIsOneChargeTooMany() {
    for (var state : List.of(AttemptState.SETTLED, AttemptState.SENT, AttemptState.REVIEW)) {
      var rival = remembered(2, state, "a", "pi_other");
      assertThat(kind(ADOPTION.adopt(forgot("SHOP-7-1", "approved", rival), null)))
          .isEqualTo(DifferenceKind.CHARGED_TWICE);
      assertThat(kind(ADOPTION.adopt(forgot("SHOP-7-1", "processing", rival), null)))
          .isEqualTo(DifferenceKind.UNKNOWN_HERE);
      // Where no money moved, the later try goes on without it.
      var known = new Known(null, null, List.of(rival), Told.NOT);
      assertThat(name(RULES.judge(listed("SHOP-7-1", "declined"), known))).isEqualTo("Fits");
    }
    var pending = remembered(2, AttemptState.PENDING, "", null);
    assertThat(ADOPTION.adopt(forgot("SHOP-7-1", "approved", pending), null))
        .isInstanceOf(AdoptionVerdict.Adopt.class);
  }

  @Test
  void withoutInvoiceOrAmountAPersonIsTold() {
    assertThat(kind(ADOPTION.adopt(forgot("SHOP-a-1", "approved"), null)))
        .isEqualTo(DifferenceKind.UNKNOWN_HERE);
    var listed = listed("SHOP-7-1", "approved", null, null, null, null);
    var forgotten = new Forgotten(listed, RULES.lead(listed).orElseThrow(), null, null, null, true);
    assertThat(kind(ADOPTION.adopt(forgotten, null))).isEqualTo(DifferenceKind.UNKNOWN_HERE);
  }

  @ParameterizedTest
  @CsvSource({
    "79.00, cus_7, pm_x, true",
    "79.00, cus_x, pm_7, true",
    "79.0000, cus_7, pm_7, true",
    "79.01, cus_7, pm_7, false",
    "79.001, cus_7, pm_7, false",
    "79.00, cus_x, pm_x, false",
    "79.00, , , false",
  })
  void anEqualAmountOfTheSameCustomerMayHavePaid(
      String due, @Nullable String customer, @Nullable String payment, boolean may) {
    var echo = new Echo(null, PRICE, "cus_7", "pm_7", null, null, null, null);
    var approved = new GatewayReply.Approved("pi_T", echo, AT);
    var listed = new Listed("pi_T", approved, echo, AT);
    var payers = ElsewhereRules.payers(invoice(due, customer, payment));
    assertThat(Collections.disjoint(ElsewhereRules.payers(listed), payers)).isEqualTo(!may);
  }

  private static Forgotten forgot(String key, String there, Remembered... ofInvoice) {
    var verdict =
        RULES.judge(listed(key, there), new Known(null, null, List.of(ofInvoice), Told.NOT));
    return ((Compared.Forgot) verdict).forgotten();
  }

  private static String name(Compared verdict) {
    return verdict instanceof Compared.Differs(var difference)
        ? difference.kind().name()
        : verdict.getClass().getSimpleName();
  }

  private static DifferenceKind kind(AdoptionVerdict verdict) {
    return ((AdoptionVerdict.Differs) verdict).difference().kind();
  }

  private static Invoice invoice(
      String amount, @Nullable String customer, @Nullable String payment) {
    return new Invoice(
        "7", new BigDecimal(amount), "USD", payment, customer, null, null, null, null, Map.of());
  }

  private static Remembered remembered(
      int attemptNo, AttemptState state, String sends, @Nullable String transaction) {
    var order =
        new Order(
            ChargeKey.of("SHOP", "7", attemptNo),
            "7",
            attemptNo,
            "0123456789ab",
            PRICE,
            "cus_7",
            "pm_7",
            null,
            ACCOUNT,
            1);
    var sent = sends.isEmpty() ? null : AT;
    var attempt =
        new Attempt(
            order,
            state,
            sends.length(),
            new Sends(sends),
            sent,
            sent,
            transaction,
            null,
            0,
            null,
            1);
    var settled = state == AttemptState.SETTLED;
    return new Remembered(
        attemptNo, attempt, AT, settled ? PRICE : null, settled ? AT : null, false, false);
  }

  private static Listed listed(@Nullable String key, String there) {
    var amount = there.equals("dearer") ? new Money(7901, USD) : PRICE;
    return listed(key, there, null, null, amount, "cus_7");
  }

  private static Listed listed(
      @Nullable String key,
      String there,
      @Nullable String invoice,
      @Nullable String installation,
      @Nullable Money amount,
      @Nullable String customer) {
    var echo = new Echo(key, amount, customer, null, null, null, invoice, installation);
    GatewayReply reply =
        switch (there) {
          case "approved", "dearer" -> new GatewayReply.Approved("pi_T", echo, AT);
          case "declined" -> new GatewayReply.Declined("51", "no funds", false, null, echo, AT);
          case "reversed" ->
              new GatewayReply.Reversed("pi_T", echo, GatewayReply.Reversed.Extent.ALL, "refunded");
          case "partly" ->
              new GatewayReply.Reversed(
                  "pi_T", echo, GatewayReply.Reversed.Extent.PART, "refunded by 4.00 USD");
          case "disputed" ->
              new GatewayReply.Reversed(
                  "pi_T", echo, GatewayReply.Reversed.Extent.DISPUTED, "disputed");
          case "duplicate" -> new GatewayReply.Duplicate("taken for a duplicate");
          case "closed" -> new GatewayReply.Closed("pi_T");
          case "processing" -> new GatewayReply.Processing("pi_T", echo, AT);
          case "undecided" -> new GatewayReply.Undecided("pi_T", echo);
          case "authorized" -> new GatewayReply.Undecided("pi_T", echo, AT);
          case "held" -> new GatewayReply.Unknown("in condition in_progress", false, true);
          default -> new GatewayReply.Unknown("not shown", false);
        };
    return new Listed("pi_T", reply, echo, AT);
  }
}
