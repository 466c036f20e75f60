package billing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Decision;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import billing.model.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptRulesTest {

  private static final Instant SENT_AT = Instant.parse("2026-11-23T02:00:00Z");
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);
  private static final Currency USD = Currency.of("USD").orElseThrow();
  private static final Money ASKED = new Money(7900, USD);
  private static final Timings TIMINGS =
      new Timings(
          Duration.ofSeconds(20),
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofMinutes(20),
          Duration.ofHours(24));
  private static final Horizon HORIZON = Horizon.of(TIMINGS, Duration.ofSeconds(80));
  private static final AttemptRules RULES =
      new AttemptRules(TIMINGS, HORIZON, new RetrySchedule(List.of(3, 5, 7)));

  /** Sends: one letter a send, see {@link Sends.Mark}. The newest is the one that is answered. */
  @ParameterizedTest(name = "{0} | {1} | {2} -> {3} {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # sends | evidence                       | when    | next step | sends after
          ?       | silence                        | soon    | Ask       | ?
          ?       | silence                        | late    | Ask       | ?
          ?       | answer approved                | soon    | Settle    | a
          ??      | answer approved                | soon    | Settle    | ?a
          ?       | answer approved 5 cents off    | soon    | Review    | a
          ?       | answer approved in JPY         | soon    | Review    | a
          ?       | answer approved other customer | soon    | Review    | a
          ?       | answer approved other card     | soon    | Review    | a
          ?       | answer approved other account  | soon    | Review    | a
          ?       | answer approved test mode      | soon    | Review    | a
          ?       | answer approved other invoice  | soon    | Review    | a
          ?       | answer approved other key      | soon    | Review    | ?
          ?       | answer approved no key         | soon    | Review    | ?
          ?       | answer declined other key      | soon    | Review    | ?
          ?       | answer processing other key    | soon    | Review    | ?
          ?       | answer undecided other key     | soon    | Review    | ?
          ?       | answer reversed other key      | soon    | Review    | ?
          ?       | answer declined                | soon    | Decline   | d
          ?       | answer declined, door open     | soon    | CloseDoor | d
          ?       | answer declined long ago       | soon    | Ask       | ?
          ?       | answer declined 5 cents off    | soon    | Review    | c
          ??      | answer declined                | soon    | Ask       | ?d
          !?      | answer declined                | soon    | Ask       | !d
          -?      | answer declined                | soon    | Decline   | -d
          r?      | answer declined                | soon    | Decline   | rd
          ?       | answer processing              | soon    | Settling  | p
          ?       | answer processing 5 cents off  | soon    | Review    | c
          ?       | answer undecided               | soon    | CloseDoor | r
          ??      | answer undecided               | soon    | Ask       | ??
          ?       | answer closed                  | soon    | Cancel    | r
          ??      | answer closed                  | soon    | Ask       | ?r
          ?       | answer duplicate               | soon    | Ask       | ?
          ?       | answer duplicate of another    | soon    | Ask       | ?
          ?       | answer reversed                | soon    | Review    | c
          ?       | answer reversed in part        | soon    | Review    | a
          ?       | answer conflict                | soon    | Review    | c
          ?       | answer never left              | soon    | Repeat    | -
          ??      | answer never left              | soon    | Repeat    | ?-
          ????-?  | answer never left              | soon    | Repeat    | ????--
          ?????-? | answer never left              | soon    | Review    | ?????--
          ?       | answer throttled               | soon    | Repeat    | r
          ??      | answer throttled               | soon    | Ask       | ?r
          rrrr?   | answer throttled               | soon    | Review    | rrrrr
          ?       | answer account refused         | soon    | Repeat    | r
          ??      | answer account refused         | soon    | Ask       | ?r
          ?       | answer order refused           | soon    | Cancel    | r
          ??      | answer order refused           | soon    | Ask       | ?r
          ?       | answer not found               | late    | Ask       | ?
          ?       | answer unknown                 | soon    | Ask       | ?
          ?       | answer unknown                 | late    | Ask       | ?
          ?       | answer stored failure          | soon    | Ask       | !
          ?       | found not found                | soon    | Ask       | ?
          ?       | found not found                | late    | Repeat    | ?
          ?       | found not found, clocks apart  | late    | Ask       | ?
          !       | found not found                | late    | Ask       | !
          !       | found not found                | day on  | Review    | !
          ?????   | found not found                | late    | Review    | ?????
          ?       | found unknown                  | late    | Ask       | ?
          ?       | found account refused          | late    | Ask       | ?
          ?       | found approved                 | soon    | Settle    | a
          ?       | found approved                 | late    | Settle    | a
          ?d      | found approved                 | soon    | Settle    | ?a
          ?       | found approved 5 cents off     | soon    | Review    | a
          ?       | found approved other key       | soon    | Review    | ?
          ?       | found approved no key          | soon    | Review    | ?
          !       | found approved other key       | soon    | Review    | !
          ?       | found declined other key       | soon    | Review    | ?
          ?       | found processing other key     | soon    | Review    | ?
          ?       | found undecided other key      | soon    | Review    | ?
          ?       | found reversed other key       | soon    | Review    | ?
          ?       | found approved and another's   | soon    | Review    | a
          a       | found approved no key          | late    | Review    | a
          ?       | found approved twice           | soon    | Review    | a
          ?       | found reversed                 | soon    | Review    | c
          ?       | found reversed in part         | soon    | Review    | a
          ?       | found approved and reversed    | soon    | Review    | a
          ?       | found processing               | soon    | Settling  | p
          p       | found processing, overdue      | late    | Review    | c
          ?d      | found declined and processing  | soon    | Settling  | ?p
          ?       | found undecided                | soon    | CloseDoor | ?
          ?       | found declined                 | soon    | Decline   | d
          ?       | found declined, door open      | soon    | CloseDoor | d
          ?       | found declined long ago        | soon    | Ask       | ?
          ?d      | found declined                 | soon    | Ask       | ?d
          ?d      | found declined                 | late    | Decline   | ?d
          ?d      | found declined twice           | soon    | Decline   | dd
          ??      | found declined and approved    | soon    | Settle    | ?a
          ?       | found closed                   | soon    | Cancel    | d
          r?      | found closed                   | soon    | Ask       | r?
          r?      | found closed                   | late    | Cancel    | r?
          r?      | found declined                 | soon    | Ask       | r?
          r?      | found declined                 | late    | Decline   | r?
          r?      | found declined, clocks apart   | late    | Ask       | r?
          !?      | found declined                 | late    | Ask       | !?
          !?      | found declined                 | day on  | Review    | !?
          ?       | found not found, asked early   | late    | Ask       | ?
          ?d      | found declined, asked early    | late    | Ask       | ?d
          !       | found not found, asked early   | day on  | Ask       | !
          a       | found not found                | soon    | Ask       | a
          a       | found not found                | late    | Review    | a
          a       | found declined                 | late    | Review    | a
          a       | found approved                 | late    | Settle    | a
          a       | found processing 5 cents off   | late    | Review    | a
          ?       | found duplicate of another     | soon    | Repeat    | r
          ??      | found duplicate of another     | soon    | Ask       | ??
          ?       | closing closed                 | soon    | Decline   | ?
          ?       | closing approved               | soon    | Settle    | a
          ??      | closing closed                 | soon    | Ask       | ??
          ??      | closing closed                 | late    | Decline   | ??
          ?       | closing unknown                | soon    | Ask       | ?
          ?       | closing unknown                | late    | Ask       | ?
          ?       | closing reversed               | soon    | Review    | c
          """)
  void theTable(String sends, String evidence, String when, String next, String sendsAfter) {
    var ruling = RULES.decide(attempt(sends), evidence(evidence, now(when)), now(when), TODAY);

    assertThat(ruling.decision().getClass().getSimpleName()).isEqualTo(next);
    assertThat(ruling.sends().letters()).isEqualTo(sendsAfter);
  }

  /** Or a listing would take it for the attempt's once that has ended. */
  @ParameterizedTest
  @CsvSource({
    "approved other key, txn-1",
    "approved no key, txn-1",
    "processing other key, txn-1",
    "undecided other key, txn-1",
    "reversed other key, transaction txn-1 under the key SHOP-1002-1",
    "'declined other key, door open', instead of SHOP-1001-1",
    "approved 5 cents off, 78.95",
    "processing 5 cents off, 78.95"
  })
  void aTransactionOfAnotherIsNamedAndNotTakenForOurs(String reply, String says) {
    for (var how : List.of("answer ", "found ")) {
      var ruling =
          RULES.decide(attempt("?"), evidence(how + reply, now("soon")), now("soon"), TODAY);

      var review = (Decision.Review) ruling.decision();
      assertThat(review.transactionId()).as(how).isEqualTo(reply.endsWith("off") ? "txn-1" : null);
      assertThat(review.why()).as(how).contains(says);
    }
  }

  @Test
  void nothingButProofOrATrustworthyAbsenceLeadsToASecondSend() {
    forAllCells((sends, evidence, when, decision) -> {
      if (decision instanceof Decision.Repeat) {
        var proof =
            evidence.equals("answer never left")
                || (evidence.matches("answer (throttled|account refused)")
                    && !attempt(sends).sends().doubtBefore(sends.length()))
                || (evidence.matches("found (not found|declined long ago)")
                    && !when.equals("soon")
                    && !sends.contains("!"))
                || (evidence.equals("found duplicate of another")
                    && (!attempt(sends).sends().doubtBefore(sends.length())
                        || !when.equals("soon")));
        assertThat(proof).as("%s, %s, %s", sends, evidence, when).isTrue();
      }
    });
  }

  @Test
  void nothingIsSettledWithoutAnApprovalOfExactlyOurOrder() {
    forAllCells((sends, evidence, when, decision) -> {
      if (decision instanceof Decision.Settle) {
        assertThat(evidence)
            .as("%s, %s", sends, when)
            .matches("(answer|found|closing) approved|found declined and approved");
      }
    });
  }

  @Test
  void silenceNeverDoesAnythingButAsk() {
    forAllCells((sends, evidence, when, decision) -> {
      if (evidence.equals("silence")) {
        assertThat(decision).isInstanceOf(Decision.Ask.class);
      }
    });
  }

  @Test
  void aNoWithAnEarlierDoubtNeedsALookAtEverything() {
    forAllCells((sends, evidence, when, decision) -> {
      var doubt = attempt(sends).sends().doubtBefore(sends.length());
      if (doubt && evidence.startsWith("answer")) {
        assertThat(decision)
            .as("%s, %s", sends, evidence)
            .isNotInstanceOf(Decision.Decline.class)
            .isNotInstanceOf(Decision.Cancel.class)
            .isNotInstanceOf(Decision.CloseDoor.class);
      }
    });
  }

  @Test
  void anApprovedChargeSettlesWithTheAmountThatWasTaken() {
    var ruling =
        RULES.decide(attempt("?"), evidence("answer approved", now("soon")), now("soon"), TODAY);

    assertThat(ruling.decision()).isEqualTo(new Decision.Settle("txn-1", ASKED));
  }

  @Test
  void aSoftDeclineIsRetriedOnTheScheduledDaysAndAHardOneNever() {
    assertThat(declined("answer declined").retryOn()).isEqualTo(TODAY.plusDays(3));
    assertThat(declined("answer declined hard").retryOn()).isNull();
  }

  @Test
  void notFoundBeforeTheHorizonIsAskedAgainAtTheHorizon() {
    var ruling =
        RULES.decide(attempt("?"), evidence("found not found", now("soon")), now("soon"), TODAY);

    var ask = (Decision.Ask) ruling.decision();
    assertThat(ask.at()).isEqualTo(SENT_AT.plus(HORIZON.afterLastSend()));
  }

  /** Found by the model check: a run that slept over the horizon while the answer was under way. */
  @Test
  void absenceIsJudgedByWhenItWasAskedForAndNotByWhenItIsHeard() {
    for (var what : List.of("found not found", "found declined")) {
      var ruling = RULES.decide(attempt("??"), evidence(what, now("soon")), now("late"), TODAY);

      assertThat(ruling.decision())
          .as(what)
          .isInstanceOfSatisfying(
              Decision.Ask.class,
              ask -> assertThat(ask.at()).isEqualTo(SENT_AT.plus(HORIZON.afterLastSend())));
    }
    var stored =
        RULES.decide(attempt("!"), evidence("found not found", now("late")), now("day on"), TODAY);
    assertThat(stored.decision()).isInstanceOf(Decision.Ask.class);
  }

  @Test
  void whatTheGatewayHadAcceptedAndNoLongerKnowsIsForAPerson() {
    var a = attempt("p");
    var accepted =
        new Attempt(
            a.order(), a.state(), 1, a.sends(), SENT_AT, SENT_AT, "txn-9", null, 0, null, 1);

    var ruling =
        RULES.decide(accepted, evidence("found not found", now("late")), now("late"), TODAY);

    assertThat(ruling.decision()).isInstanceOf(Decision.Review.class);
  }

  private static Decision.Decline declined(String evidence) {
    var ruling = RULES.decide(attempt("?"), evidence(evidence, now("soon")), now("soon"), TODAY);
    return (Decision.Decline) ruling.decision();
  }

  private interface Cell {
    void check(String sends, String evidence, String when, Decision decision);
  }

  private static void forAllCells(Cell cell) {
    var evidences = new ArrayList<>(List.of("silence"));
    for (var reply : Replies.NAMES) {
      evidences.add("answer " + reply);
      evidences.add("found " + reply);
      evidences.add("closing " + reply);
    }
    for (var sends : List.of("?", "??", "!?", "-?", "r?", "p?", "d?", "??-?", "?????")) {
      for (var evidence : evidences) {
        for (var when : List.of("soon", "late", "day on")) {
          var ruling =
              RULES.decide(attempt(sends), evidence(evidence, now(when)), now(when), TODAY);
          cell.check(sends, evidence, when, ruling.decision());
        }
      }
    }
  }

  private static Instant now(String when) {
    return switch (when) {
      case "soon" -> SENT_AT.plusSeconds(5);
      case "late" -> SENT_AT.plus(HORIZON.afterLastSend());
      case "day on" -> SENT_AT.plus(Duration.ofHours(25));
      default -> throw new IllegalArgumentException(when);
    };
  }

  private static Evidence evidence(String text, Instant asked) {
    if (text.equals("silence")) {
      return new Evidence.Silence();
    }
    var words = text.split(" ", 2);
    return switch (words[0]) {
      case "answer" -> new Evidence.Answer(Replies.one(words[1]));
      case "closing" ->
          new Evidence.Closing(
              Replies.one(words[1]), new Decision.Decline("funds", "no funds", false, TODAY, null));
      case "found" ->
          new Evidence.Found(
              Replies.all(words[1].replace(", clocks apart", "").replace(", asked early", "")),
              Duration.ofSeconds(words[1].endsWith("clocks apart") ? 31 : 1),
              words[1].endsWith(", asked early") ? SENT_AT.plusSeconds(1) : asked);
      default -> throw new IllegalArgumentException(text);
    };
  }

  static Attempt attempt(String sends) {
    var order =
        new Order(
            new ChargeKey("SHOP-1001-1"),
            "1001",
            1,
            "inst-1",
            ASKED,
            "cus_1",
            "pm_1",
            "Invoice 1001",
            new Account("stripe", "acct_1", true),
            1);
    return new Attempt(
        order,
        AttemptState.SENT,
        sends.length(),
        new Sends(sends),
        SENT_AT,
        SENT_AT,
        null,
        null,
        0,
        null,
        1);
  }

  /** Gateway replies by the names that the table gives them. */
  static final class Replies {

    static final List<String> NAMES =
        List.of(
            "approved",
            "approved 5 cents off",
            "declined",
            "declined hard",
            "declined, door open",
            "declined long ago",
            "processing",
            "undecided",
            "closed",
            "duplicate",
            "duplicate of another",
            "reversed",
            "conflict",
            "never left",
            "throttled",
            "account refused",
            "order refused",
            "not found",
            "unknown",
            "stored failure");

    static List<GatewayReply> all(String name) {
      return switch (name) {
        case "approved twice" -> List.of(one("approved"), one("approved"));
        case "approved and another's" -> List.of(one("approved"), one("approved other key"));
        case "approved and reversed" -> List.of(one("approved"), one("reversed"));
        case "declined and processing" -> List.of(one("declined"), one("processing"));
        case "declined and approved" -> List.of(one("declined"), one("approved"));
        case "declined twice" -> List.of(one("declined"), one("declined"));
        default -> List.of(one(name));
      };
    }

    static GatewayReply one(String name) {
      var ours = echo("SHOP-1001-1", ASKED, "cus_1", "pm_1", "acct_1", true, "1001");
      var others = echo("SHOP-1002-1", ASKED, "cus_1", "pm_1", "acct_1", true, "1001");
      var off = new Money(7895, USD);
      var key = "SHOP-1001-1";
      var yen = new Money(7900, Currency.of("JPY").orElseThrow());
      return switch (name) {
        case "approved" -> approved(ours);
        case "approved 5 cents off" ->
            approved(echo(key, off, "cus_1", "pm_1", "acct_1", true, "1001"));
        case "approved in JPY" -> approved(echo(key, yen, "cus_1", "pm_1", "acct_1", true, "1001"));
        case "approved other customer" ->
            approved(echo(key, ASKED, "cus_2", "pm_1", "acct_1", true, "1001"));
        case "approved other card" ->
            approved(echo(key, ASKED, "cus_1", "pm_2", "acct_1", true, "1001"));
        case "approved other account" ->
            approved(echo(key, ASKED, "cus_1", "pm_1", "acct_2", true, "1001"));
        case "approved test mode" ->
            approved(echo(key, ASKED, "cus_1", "pm_1", "acct_1", false, "1001"));
        case "approved other invoice" ->
            approved(echo(key, ASKED, "cus_1", "pm_1", "acct_1", true, "1002"));
        case "approved other key" -> approved(others);
        case "declined other key" -> declined(false, null, others, SENT_AT);
        case "declined other key, door open" -> declined(false, "txn-1", others, SENT_AT);
        case "processing other key" ->
            new GatewayReply.Processing("txn-1", others, SENT_AT.plus(Duration.ofDays(7)));
        case "undecided other key" -> new GatewayReply.Undecided("txn-1", others);
        case "reversed other key" ->
            new GatewayReply.Reversed(
                "txn-1", others, GatewayReply.Reversed.Extent.ALL, "refunded");
        case "approved no key" ->
            approved(echo(null, ASKED, "cus_1", "pm_1", "acct_1", true, "1001"));
        case "declined" -> declined(false, null, ours, SENT_AT);
        case "declined hard" -> declined(true, null, ours, SENT_AT);
        case "declined, door open" -> declined(false, "txn-1", ours, SENT_AT);
        case "declined long ago" -> declined(false, null, ours, SENT_AT.minus(Duration.ofDays(1)));
        case "declined 5 cents off" ->
            declined(false, null, echo(key, off, "cus_1", "pm_1", "acct_1", true, "1001"), SENT_AT);
        case "processing" ->
            new GatewayReply.Processing("txn-1", ours, SENT_AT.plus(Duration.ofDays(7)));
        case "processing 5 cents off" ->
            new GatewayReply.Processing(
                "txn-1",
                echo(key, off, "cus_1", "pm_1", "acct_1", true, "1001"),
                SENT_AT.plus(Duration.ofDays(7)));
        case "processing, overdue" -> new GatewayReply.Processing("txn-1", ours, SENT_AT);
        case "undecided" -> new GatewayReply.Undecided("txn-1", ours);
        case "closed" -> new GatewayReply.Closed("txn-1");
        case "duplicate" -> new GatewayReply.Duplicate("Duplicate transaction");
        case "duplicate of another" -> new GatewayReply.DuplicateOf("txn-8", "SHOP-1002-1");
        case "reversed in part" ->
            new GatewayReply.Reversed(
                "txn-1", ours, GatewayReply.Reversed.Extent.PART, "refunded by 4.00 USD");
        case "reversed" ->
            new GatewayReply.Reversed("txn-1", ours, GatewayReply.Reversed.Extent.ALL, "refunded");
        case "conflict" -> new GatewayReply.Conflict("other parameters");
        case "never left" -> new GatewayReply.NotCharged("connection refused", Proof.NEVER_LEFT);
        case "throttled" -> new GatewayReply.NotCharged("429", Proof.THROTTLED);
        case "account refused" -> new GatewayReply.AccountRefused("401");
        case "order refused" -> new GatewayReply.OrderRefused("amount_too_small", "too small");
        case "not found" -> new GatewayReply.NotFound();
        case "unknown" -> new GatewayReply.Unknown("no reply in 80s", false);
        case "stored failure" -> new GatewayReply.Unknown("500", true);
        default -> throw new IllegalArgumentException(name);
      };
    }

    private static GatewayReply approved(Echo echo) {
      return new GatewayReply.Approved("txn-1", echo, SENT_AT);
    }

    private static GatewayReply declined(
        boolean hard, @Nullable String door, Echo echo, Instant at) {
      return new GatewayReply.Declined("funds", "no funds", hard, door, echo, at);
    }

    private static Echo echo(
        @Nullable String key,
        Money amount,
        String customer,
        String card,
        String account,
        boolean live,
        String invoice) {
      return new Echo(key, amount, customer, card, account, live, invoice, "inst-1");
    }
  }
}
