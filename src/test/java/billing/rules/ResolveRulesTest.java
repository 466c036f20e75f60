package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.DifferenceKind;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import billing.rules.Choices.Choice;
import billing.rules.ResolveRules.NotCharged;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person may decide, as a table. Transaction t1 is the one that the person names. */
class ResolveRulesTest {

  static final Instant SENT_AT = Instant.parse("2026-11-23T02:00:00Z");
  private static final Currency USD = Currency.of("USD").orElseThrow();
  private static final Currency EUR = Currency.of("EUR").orElseThrow();
  private static final Horizon HORIZON = new Horizon(Duration.ofMinutes(10), Duration.ofDays(1));
  private static final ResolveRules RULES = new ResolveRules(HORIZON);

  @ParameterizedTest(name = "{0}, {1} -> {2} {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state   | the gateway has             | verdict  | what
          SENT      | approved                    | Allowed  | 79.00 USD by t1
          REVIEW    | approved                    | Allowed  | 79.00 USD by t1
          DECLINED  | approved                    | Allowed  | 79.00 USD by t1
          CANCELLED | approved                    | Allowed  | 79.00 USD by t1
          REVIEW    | approved 12.90              | Allowed  | 12.90 USD by t1
          REVIEW    | approved other customer     | Allowed  | 79.00 USD by t1
          REVIEW    | approved, approved t2       | Allowed  | 79.00 USD by t1, and t2 too
          REVIEW    | approved, reversed t2       | Allowed  | 79.00 USD by t1
          REVIEW    | approved, unknown           | Allowed  | 79.00 USD by t1
          REVIEW    | approved in EUR             | Refused  | took 79.00 EUR
          REVIEW    | approved other invoice      | Refused  | about invoice 8
          REVIEW    | approved other key          | Refused  | bears the key SHOP-8-1
          REVIEW    | approved no key             | Refused  | bears no charge key
          REVIEW    | approved t2                 | Refused  | no transaction t1
          REVIEW    | not found                   | Refused  | no transaction t1
          REVIEW    | reversed                    | Refused  | not show transaction t1 as charged
          REVIEW    | processing                  | Refused  | not show transaction t1 as charged
          REVIEW    | undecided                   | Refused  | not show transaction t1 as charged
          REVIEW    | declined                    | Refused  | no transaction t1
          REVIEW    | unknown                     | NoAnswer | no reply
          REVIEW    | account refused             | NoAnswer | refused the question
          """)
  void settled(AttemptState state, String replies, String verdict, String what) {
    var resolution = ResolveRules.charged(attempt(state, "?", null), "t1", replies(replies));

    assertThat(resolution.getClass().getSimpleName()).isEqualTo(verdict);
    if (resolution instanceof Resolution.Allowed<ResolveRules.Charged>(var charged, var says)) {
      var twins = charged.twins().stream().map(t -> ", and " + t.transactionId() + " too").toList();
      assertThat(
              charged.settle().taken()
                  + " by "
                  + charged.settle().transactionId()
                  + String.join("", twins))
          .isEqualTo(what);
      assertThat(says).isNotBlank();
    } else {
      assertThat(resolution.toString()).contains(what);
    }
  }

  @ParameterizedTest(name = "{0} {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state | sends | known by | verdict
          SETTLED | a     | t1       | Done
          SETTLED | a     | t2       | Refused
          PENDING |       |          | Refused
          PENDING | -     |          | go on
          SENT    | ?     |          | go on
          REVIEW  | c     | t2       | go on
          """)
  void settledIsNotAskedAbout(AttemptState state, String sends, String known, String verdict) {
    var found =
        ResolveRules.chargedAlready(attempt(state, sends == null ? "" : sends, known), "t1");
    assertThat(name(found)).isEqualTo(verdict);
  }

  @ParameterizedTest(name = "{0} {1}, {2} after -> {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state   | sends | minutes | verdict
          SENT      | ?     | 9       | Refused
          SENT      | ?     | 10      | go on
          REVIEW    | c     | 9       | Refused
          REVIEW    | c     | 10      | go on
          REVIEW    | !c    | 1439    | Refused
          REVIEW    | !c    | 1440    | go on
          CANCELLED | ?     | 9       | Done
          DECLINED  | d     | 99      | Refused
          DECLINED  | ?d    | 99      | Refused
          PENDING   | -     | 99      | Refused
          SETTLED   | a     | 99      | Refused
          """)
  void notChargedIsNotAskedAbout(AttemptState state, String sends, int minutes, String verdict) {
    var now = SENT_AT.plus(Duration.ofMinutes(minutes));
    assertThat(name(RULES.notChargedAlready(attempt(state, sends, null), now))).isEqualTo(verdict);
  }

  @ParameterizedTest(name = "{0}, {1}, clocks {2} s apart -> {3} {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # sends | the gateway has          | apart | verdict  | what
          ?       | not found                | 0     | Allowed  | Cancel ?
          ?       | not found                | 31    | Refused  | 31 s apart
          ?       | declined                 | 31    | Allowed  | Cancel ?
          c       | declined                 | 0     | Allowed  | Cancel c
          ?       | closed                   | 0     | Allowed  | Cancel ?
          ?c      | reversed                 | 0     | Allowed  | Cancel cc
          ?!p     | reversed, not found      | 0     | Allowed  | Cancel ccc
          ?       | undecided                | 0     | Allowed  | CloseFirst t1
          ?       | declined, door open      | 0     | Allowed  | CloseFirst t1
          ?       | approved                 | 0     | Refused  | as charged by transaction t1
          ?       | approved other customer  | 0     | Refused  | as charged by transaction t1
          ?       | reversed, approved t2    | 0     | Refused  | as charged by transaction t2
          ?       | undecided, approved t2   | 0     | Refused  | as charged by transaction t2
          ?       | partly                   | 0     | Refused  | as charged by transaction t1
          ?       | disputed                 | 0     | Refused  | as charged by transaction t1
          ?a      | reversed                 | 0     | Allowed  | Cancel cc
          a       | not found                | 0     | Refused  | an approval of SHOP-7-1 is on record
          a?      | declined                 | 0     | Refused  | an approval of SHOP-7-1 is on record
          a       | undecided                | 0     | Refused  | an approval of SHOP-7-1 is on record
          ?       | processing               | 0     | Refused  | not decided transaction t1
          ?       | unknown                  | 0     | NoAnswer | no reply
          ?       | not found, unknown       | 0     | NoAnswer | no reply
          ?       | reversed, unknown        | 0     | NoAnswer | no reply
          ?       | account refused          | 0     | NoAnswer | refused the question
          """)
  void notCharged(String sends, String replies, int apart, String verdict, String what) {
    var resolution =
        RULES.notCharged(
            attempt(AttemptState.REVIEW, sends, null), replies(replies), Duration.ofSeconds(apart));

    assertThat(resolution.getClass().getSimpleName()).isEqualTo(verdict);
    if (resolution instanceof Resolution.Allowed<NotCharged>(var allowed, var says)) {
      assertThat(
              switch (allowed) {
                case NotCharged.Cancel(var after) -> "Cancel " + after;
                case NotCharged.CloseFirst(var id) -> "CloseFirst " + id;
              })
          .isEqualTo(what);
    } else {
      assertThat(resolution.toString()).contains(what);
    }
  }

  @ParameterizedTest(name = "{0} -> {1}; although: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the gateway has        | asked    | although not refunded
          approved                 | Refused  | Allowed
          reversed                 | Allowed  | Allowed
          reversed, approved t2    | Refused  | Allowed
          partly                   | Refused  | Allowed
          disputed                 | Refused  | Allowed
          processing               | Refused  | Allowed
          not found                | Allowed  | Allowed
          unknown                  | NoAnswer | Allowed
          """)
  void chargeAgain(String replies, String asked, String although) {
    var settled = attempt(AttemptState.SETTLED, "a", "t1");
    var none = Optional.<String>empty();
    assertThat(ResolveRules.chargeAgain(settled, none, replies(replies), false).getClass())
        .hasToString("class billing.rules.Resolution$" + asked);
    assertThat(ResolveRules.chargeAgain(settled, none, replies(replies), true).getClass())
        .hasToString("class billing.rules.Resolution$" + although);
  }

  @Test
  void whatAnotherAccountChargedIsNotSaidToBeRefundedByThisOne() {
    var settled = attempt(AttemptState.SETTLED, "a", "t1");
    var other = Optional.of("SHOP-7-1 went to another account");
    assertThat(ResolveRules.chargeAgain(settled, other, replies("not found"), false))
        .isInstanceOf(Resolution.Refused.class);
    assertThat(ResolveRules.chargeAgain(settled, other, replies("not found"), true))
        .isInstanceOf(Resolution.Allowed.class);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the gateway has        | verdict
          approved                 | Allowed
          approved no key          | Allowed
          reversed                 | Refused
          partly                   | Allowed
          approved t2              | Refused
          not found                | Refused
          unknown                  | NoAnswer
          """)
  void bookWhatIsSettled(String replies, String verdict) {
    var settled = attempt(AttemptState.SETTLED, "a", "t1");
    assertThat(ResolveRules.book(settled, replies(replies), null).getClass())
        .hasToString("class billing.rules.Resolution$" + verdict);
  }

  @ParameterizedTest(name = "{0}, {1} released -> {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the gateway has          | paid  | released | verdict
          approved, approved t2      | true  |          | Refused
          approved, approved t2      | true  | t2       | Allowed
          approved, reversed t2      | true  |          | Allowed
          approved, partly t2        | true  |          | Refused
          approved, disputed t2      | true  |          | Allowed
          reversed, approved t2      | true  |          | Allowed
          reversed, next try t2      | true  |          | Refused
          approved, approved         | true  |          | Allowed
          approved, unknown          | true  |          | NoAnswer
          not found                  | true  |          | Allowed
          approved                   | false |          | Refused
          approved                   | false | t1       | Allowed
          disputed                   | false |          | Refused
          reversed                   | false |          | Allowed
          """)
  void acceptThatItWasChargedTwice(
      String replies, boolean paid, @Nullable String released, String verdict) {
    Set<String> allowed = released == null ? Set.of() : Set.of(released);
    var by = paid ? attempt(AttemptState.SETTLED, "a", "t1") : null;
    assertThat(AcceptRules.chargedTwice("7", replies(replies), by, allowed, Set.of()).getClass())
        .hasToString("class billing.rules.Resolution$" + verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "not found, Allowed",
    "declined, Allowed",
    "reversed, Allowed",
    "approved, Refused",
    "processing, Refused",
    "undecided, Refused",
    "partly, Refused",
    "disputed, Refused",
    "held, Refused",
    "'declined, processing', Refused",
    "approved t2, Allowed",
    "'approved, approved t2', Refused",
    "unknown, NoAnswer",
    "'approved, unknown', Refused"
  })
  void whatMayYetStandIsNotAcceptedAsUnknown(String replies, String verdict) {
    assertThat(AcceptRules.unknownHere("7", replies(replies), Set.of("t2"), Set.of()).getClass())
        .hasToString("class billing.rules.Resolution$" + verdict);
  }

  @ParameterizedTest
  @EnumSource(DifferenceKind.class)
  void whateverIsOfferedOfADifferenceIsOfferedOnce(DifferenceKind kind) {
    for (var judged : List.of(true, false)) {
      assertThat(Choices.of(kind, "SHOP-7-1", judged)).doesNotHaveDuplicates();
      assertThat(Choices.of(kind, "SHOP-7-1", judged).isEmpty())
          .isEqualTo(kind == DifferenceKind.NOT_BOOKABLE);
    }
  }

  /** Told of a late look, by its transaction: nothing of the invoice was ever booked. */
  @ParameterizedTest
  @CsvSource({"SHOP-7-1, true", "SHOP--7K2QXW4MD3-1, true", "pi_3Qa81, false", "8091122334, false"})
  void whatWasNeverBookedCannotBeChargedAgain(String subject, boolean again) {
    assertThat(Choices.of(DifferenceKind.REVERSED, subject, false).contains(Choice.CHARGE_AGAIN))
        .isEqualTo(again);
    assertThat(Choices.of(DifferenceKind.REVERSED, subject, false)).contains(Choice.ACCEPT);
  }

  @Test
  void aTwinOfABookedChargeIsOnlyToBeRefunded() {
    var found = replies("approved");
    var echo = ((GatewayReply.Approved) found.getFirst()).echo();
    var twins = Set.of(new ChargeKey(String.valueOf(echo.chargeKey())));

    for (var settled : List.of(Set.<ChargeKey>of(), twins)) {
      var advice =
          List.of(
              ((Resolution.Refused<?>)
                      AcceptRules.chargedTwice("7", found, null, Set.of(), settled))
                  .instead(),
              ((Resolution.Refused<?>) AcceptRules.unknownHere("7", found, Set.of(), settled))
                  .instead());

      assertThat(advice)
          .allMatch(one -> one.contains("refund"))
          .allMatch(one -> one.contains("once the app shows invoice 7 due") == settled.isEmpty());
    }
  }

  @Test
  void whatWasChargedElsewhereIsNotMerelyAccepted() {
    assertThat(Choices.of(DifferenceKind.CHARGED_ELSEWHERE, "t1 7", false))
        .containsExactly(Choice.ALREADY_PAID, Choice.CHARGE_IT);
  }

  @Test
  void whatEveryRunJudgesAnewIsNotReleasedByAWord() {
    assertThat(Choices.of(DifferenceKind.NOT_CHARGEABLE, "7", true)).containsExactly(Choice.ACCEPT);
    assertThat(Choices.of(DifferenceKind.NOT_CHARGEABLE, "7", false))
        .containsExactly(Choice.CHARGE_IT, Choice.ACCEPT);
  }

  private static String name(Optional<? extends Resolution<?>> found) {
    return found.map(resolution -> resolution.getClass().getSimpleName()).orElse("go on");
  }

  private static Attempt attempt(AttemptState state, String sends, @Nullable String transaction) {
    return attempt(state, sends, transaction, null);
  }

  static Attempt attempt(
      AttemptState state,
      String sends,
      @Nullable String transaction,
      @Nullable Instant settlingUntil) {
    return new Attempt(
        new Order(
            new ChargeKey("SHOP-7-1"),
            "7",
            1,
            "inst",
            new Money(7900, USD),
            "cus_1",
            "pm_1",
            null,
            new Account("stripe", "acct", false),
            1),
        state,
        sends.length(),
        new Sends(sends),
        sends.isEmpty() ? null : SENT_AT,
        sends.isEmpty() ? null : SENT_AT,
        transaction,
        settlingUntil,
        0,
        null,
        1);
  }

  private static List<GatewayReply> replies(String text) {
    return Arrays.stream(text.replace("declined, door", "declined door").split(", "))
        .map(ResolveRulesTest::reply)
        .toList();
  }

  private static GatewayReply reply(String text) {
    var id = text.endsWith(" t2") ? "t2" : "t1";
    return switch (text.replace(" t2", "")) {
      case "approved" -> approved(id, "SHOP-7-1", new Money(7900, USD), "cus_1", "7");
      case "approved 12.90" -> approved(id, "SHOP-7-1", new Money(1290, USD), "cus_1", "7");
      case "approved in EUR" -> approved(id, "SHOP-7-1", new Money(7900, EUR), "cus_1", "7");
      case "approved other customer" ->
          approved(id, "SHOP-7-1", new Money(7900, USD), "cus_2", "7");
      case "approved other invoice" -> approved(id, "SHOP-7-1", new Money(7900, USD), "cus_1", "8");
      case "approved other key" -> approved(id, "SHOP-8-1", new Money(7900, USD), "cus_1", null);
      case "next try" -> approved(id, "SHOP-7-2", new Money(7900, USD), "cus_1", "7");
      case "approved no key" -> approved(id, null, new Money(7900, USD), "cus_1", null);
      case "reversed" ->
          new GatewayReply.Reversed(id, echo(), GatewayReply.Reversed.Extent.ALL, "refunded");
      case "partly" ->
          new GatewayReply.Reversed(id, echo(), GatewayReply.Reversed.Extent.PART, "refunded by 4");
      case "disputed" ->
          new GatewayReply.Reversed(id, echo(), GatewayReply.Reversed.Extent.DISPUTED, "disputed");
      case "held" -> new GatewayReply.Unknown("in condition in_progress", false, true);
      case "processing" -> new GatewayReply.Processing(id, echo(), SENT_AT);
      case "undecided" -> new GatewayReply.Undecided(id, echo());
      case "declined" -> new GatewayReply.Declined("51", "no funds", false, null, echo(), SENT_AT);
      case "declined door open" ->
          new GatewayReply.Declined("51", "no funds", false, id, echo(), SENT_AT);
      case "closed" -> new GatewayReply.Closed(id);
      case "not found" -> new GatewayReply.NotFound();
      case "unknown" -> new GatewayReply.Unknown("no reply", false);
      case "account refused" -> new GatewayReply.AccountRefused("no such key");
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static GatewayReply approved(
      String id, @Nullable String key, Money amount, String customer, @Nullable String invoice) {
    return new GatewayReply.Approved(
        id, new Echo(key, amount, customer, null, null, null, invoice, null), SENT_AT);
  }

  private static Echo echo() {
    return new Echo("SHOP-7-1", null, null, null, null, null, null, null);
  }
}
