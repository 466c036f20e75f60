package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person may say of an attempt that went to a former account, as a table. */
class FormerRulesTest {

  private static final Instant SENT_AT = Instant.parse("2026-11-23T02:00:00Z");
  private static final Currency USD = Currency.of("USD").orElseThrow();
  private static final Account OLD = new Account("nmi", null, true);
  private static final Horizon HORIZON = new Horizon(Duration.ofMinutes(10), Duration.ofDays(1));
  private static final GatewayReply NOTHING = new GatewayReply.NotFound();
  private static final FormerRules RULES = new FormerRules(HORIZON, OLD, "new");
  private static final FormerRules AT_STRIPE =
      new FormerRules(HORIZON, new Account("stripe", "acct_1", true), "new");

  @Test
  void anAccountWithoutAnIdIsToldByItsInstallation() {
    var attempt = attempt("SHOP-7-1", AttemptState.DECLINED, "?d", null);
    assertThat(RULES.isFormer(attempt)).isTrue();
    assertThat(AT_STRIPE.isFormer(attempt)).isTrue();
    assertThat(new FormerRules(HORIZON, OLD, "old").isFormer(attempt)).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}, {2} after -> {3} {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state   | sends | minutes | verdict | says
          DECLINED  | ?d    | 9       | Refused | may still take effect
          DECLINED  | ?d    | 10      | go on   |
          CANCELLED | ?     | 9       | Refused | may still take effect
          CANCELLED | p     | 10      | go on   |
          DECLINED  | !d    | 1439    | Refused | may still take effect
          DECLINED  | !d    | 1440    | go on   |
          DECLINED  | d     | 9       | Done    | accounted for
          DECLINED  | cd    | 9       | Done    | accounted for
          DECLINED  | ?a    | 99      | Refused | an approval of SHOP-7-1 is on record
          PENDING   | ?     | 9       | Refused | may still take effect
          PENDING   | ?     | 99      | go on   |
          PENDING   |       | 99      | Refused | no send of it is on record
          SENT      | ?     | 99      | Refused | which alone can answer
          REVIEW    | ?     | 99      | Refused | which alone can answer
          SETTLED   | ?a    | 99      | Refused | is SETTLED by transaction t1
          """)
  void notChargedIsNotAskedAbout(
      AttemptState state,
      @Nullable String sends,
      int minutes,
      String verdict,
      @Nullable String says) {
    var letters = sends == null ? "" : sends;
    var attempt = attempt("SHOP-7-1", state, letters, state == AttemptState.SETTLED ? "t1" : null);
    var found = RULES.notChargedAlready(attempt, SENT_AT.plus(Duration.ofMinutes(minutes)));

    assertThat(name(found)).isEqualTo(verdict);
    assertThat(found.toString()).contains(says == null ? "" : says);
  }

  @Test
  void ofAnotherGatewayTheLongestHorizonIsWaitedFor() {
    var attempt = attempt("SHOP-7-1", AttemptState.DECLINED, "?d", null);
    assertThat(name(AT_STRIPE.notChargedAlready(attempt, SENT_AT.plus(Duration.ofHours(23)))))
        .isEqualTo("Refused");
    assertThat(name(AT_STRIPE.notChargedAlready(attempt, SENT_AT.plus(Duration.ofHours(24)))))
        .isEqualTo("go on");
  }

  /** The present account's silence is no evidence; a charge that it shows is, and so is a doubt. */
  @ParameterizedTest(name = "{0}, here {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # sends | the present account has | not charged      | charged
          ?d      | not found               | Allowed cd       | Allowed
          ?!p-rd  | not found               | Allowed ccc-rd   | Allowed
          ?       | declined                | Allowed c        | Allowed
          ?       | approved                | Refused          | Refused
          ?       | processing              | Refused          | Refused
          ?       | undecided               | Refused          | Refused
          ?       | unknown                 | NoAnswer         | NoAnswer
          """)
  void thePresentAccountIsAskedAllTheSame(
      String sends, String reply, String notCharged, String charged) {
    var attempt = attempt("SHOP-7-1", AttemptState.DECLINED, sends, null);
    var here = List.of(reply(reply));

    var no = RULES.notCharged(attempt, here);
    var accounted =
        no instanceof Resolution.Allowed<Sends>(var now, var says) ? " " + now.letters() : "";
    assertThat(no.getClass().getSimpleName() + accounted).isEqualTo(notCharged);
    var yes = RULES.charged(attempt, "t1", List.of(), here, NOTHING);
    assertThat(yes.getClass().getSimpleName()).isEqualTo(charged);
    if (yes instanceof Resolution.Allowed<ResolveRules.Charged>(var what, var says)) {
      assertThat(what.settle().transactionId()).isEqualTo("t1");
      assertThat(what.settle().taken()).isEqualTo(attempt.order().amount());
      assertThat(what.twins()).isEmpty();
      assertThat(says).contains("it went to the nmi account of installation old in live mode");
    }
  }

  @ParameterizedTest(name = "{0} {1} by {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # state   | sends | known by | verdict
          DECLINED  | ?d    |          | go on
          CANCELLED | ?     |          | go on
          CANCELLED | c     |          | go on
          PENDING   | ?     |          | go on
          DECLINED  | ?a    |          | go on
          DECLINED  | rd    |          | Refused
          PENDING   |       |          | Refused
          SENT      | ?     |          | Refused
          REVIEW    | ?     |          | Refused
          SETTLED   | a     | t1       | Done
          SETTLED   | a     | t2       | Refused
          """)
  void chargedIsNotAskedAbout(
      AttemptState state, @Nullable String sends, @Nullable String known, String verdict) {
    var attempt = attempt("SHOP-7-1", state, sends == null ? "" : sends, known);
    assertThat(name(RULES.chargedAlready(attempt, "t1"))).isEqualTo(verdict);
  }

  /** A mistyped id is another's charge; and an account that one has gone back to knows its own. */
  @ParameterizedTest(name = "{0} here -> {1}")
  @CsvSource({
    "approved of SHOP-7-1, Allowed",
    "approved of SHOP-8-1, Refused",
    "declined, Refused"
  })
  void whatThePresentAccountSaysOfTheTransactionItselfCounts(String reply, String verdict) {
    var echo =
        new Echo(
            reply.endsWith("8-1") ? "SHOP-8-1" : "SHOP-7-1",
            new Money(7900, USD),
            null,
            null,
            null,
            null,
            null,
            null);
    var here =
        reply.equals("declined")
            ? new GatewayReply.Declined("51", "no funds", false, null, echo, SENT_AT)
            : new GatewayReply.Approved("t1", echo, SENT_AT);
    var found =
        RULES.charged(
            attempt("SHOP-7-1", AttemptState.DECLINED, "?d", null),
            "t1",
            List.of(),
            List.of(NOTHING),
            here);
    assertThat(found.getClass().getSimpleName()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @EnumSource(AttemptState.class)
  void aChargeBesideALivingSiblingIsNotBooked(AttemptState sibling) {
    var verdict =
        RULES.charged(
            attempt("SHOP-7-1", AttemptState.DECLINED, "?d", null),
            "t1",
            List.of(attempt("SHOP-7-2", sibling, "?", null)),
            List.of(NOTHING),
            NOTHING);
    assertThat(verdict)
        .isInstanceOf(
            sibling.chargedNothing() ? Resolution.Allowed.class : Resolution.Refused.class);
    if (sibling == AttemptState.SETTLED) {
      assertThat(verdict.toString()).contains("SHOP-7-2").contains("t1 is one charge too many");
    }
  }

  private static String name(Optional<? extends Resolution<?>> found) {
    return found.map(resolution -> resolution.getClass().getSimpleName()).orElse("go on");
  }

  private static GatewayReply reply(String text) {
    var echo = new Echo("SHOP-7-1", null, null, null, null, null, null, null);
    return switch (text) {
      case "not found" -> new GatewayReply.NotFound();
      case "declined" -> new GatewayReply.Declined("51", "no funds", false, null, echo, SENT_AT);
      case "approved" -> new GatewayReply.Approved("t9", echo, SENT_AT);
      case "processing" -> new GatewayReply.Processing("t9", echo, SENT_AT);
      case "undecided" -> new GatewayReply.Undecided("t9", echo);
      case "unknown" -> new GatewayReply.Unknown("no reply", false);
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Attempt attempt(
      String key, AttemptState state, String sends, @Nullable String transaction) {
    return new Attempt(
        new Order(
            new ChargeKey(key), "7", 1, "old", new Money(7900, USD), "cus_1", "pm_1", null, OLD, 1),
        state,
        sends.length(),
        new Sends(sends),
        sends.isEmpty() ? null : SENT_AT,
        sends.isEmpty() ? null : SENT_AT,
        transaction,
        null,
        0,
        null,
        1);
  }
}
