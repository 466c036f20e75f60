package billing.gateway.stripe;

import static billing.gateway.LiteralServer.closes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.Listing;
import billing.gateway.LiteralServer;
import billing.gateway.Said;
import billing.model.Currency;
import billing.model.Echo;
import billing.model.Listed;
import billing.model.Money;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Stripe's lists prove about each transaction, over HTTP, by their literal text. */
@Timeout(20)
class StripeListingTest {

  private static final Instant FROM = Instant.parse("2026-11-24T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2026-11-24T02:00:00.25Z");

  /** Of an intent of ours that was charged. */
  private static final String OURS =
      """
      {"id":"pi_3Q","object":"payment_intent","amount":1999,"amount_received":1999,"currency":"usd","status":"succeeded",
       "customer":"cus_9","payment_method":"pm_7","latest_charge":{"id":"ch_3Q","created":1790000003,"paid":true,
       "captured":true,"refunded":false,"amount_refunded":0,"disputed":false,"status":"succeeded"},
       "last_payment_error":null,"metadata":{"charge_key":"ACME-A1001-1","invoice_id":"A1001","attempt_no":"1","installation":"inst-1"},
       "created":1790000000,"livemode":false}
      """;

  /** Of nobody's intent. */
  private static final String BARE =
      """
      {"id":"ch_3B","object":"charge","amount":1999,"amount_captured":1999,"amount_refunded":0,"captured":true,
       "created":1790000003,"currency":"usd","customer":"cus_9","disputed":false,"failure_code":null,"failure_message":null,
       "livemode":false,"metadata":{"charge_key":"ACME-A1001-1"},"paid":true,"payment_intent":null,
       "payment_method":"card_7","refunded":false,"source":{"id":"card_7","object":"card"},"status":"succeeded"}
      """;

  private LiteralServer server;
  private Gateway stripe;

  @BeforeEach
  void open() throws IOException {
    server = LiteralServer.start();
    stripe = Stripe.open(Attempts.settings(server.url()), InstantSource.system());
  }

  @AfterEach
  void close() throws IOException {
    stripe.close();
    server.close();
  }

  private static String list(boolean more, String... rows) {
    return "{\"object\":\"list\",\"data\":[%s],\"has_more\":%s,\"url\":\"/v1/payment_intents\"}"
        .formatted(String.join(",", rows), more);
  }

  private Listing.Page page(String body) {
    server.thenReply(200, body);
    return (Listing.Page) stripe.list(FROM, UNTIL, null);
  }

  private Listed row(String row) {
    var rows = page(list(false, row)).transactions();
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  private String asked(int n) {
    return server.asked().get(n).line();
  }

  @Test
  void everythingOfThatTimeIsAskedForWithItsCharge() {
    page(list(false));
    assertThat(asked(0))
        .isEqualTo(
            "GET /v1/payment_intents?created%5Bgte%5D="
                + FROM.getEpochSecond()
                + "&created%5Blt%5D="
                + (UNTIL.getEpochSecond() + 1)
                + "&limit=100&expand%5B%5D=data.latest_charge HTTP/1.1");
    assertThat(server.asked().getFirst().headers())
        .containsEntry("stripe-version", "2025-08-27.basil")
        .doesNotContainKey("idempotency-key");
  }

  @Test
  void theNextPageBeginsAfterTheLastRow() {
    var first = page(list(true, OURS, OURS.replace("pi_3Q", "pi_4R")));
    server.thenReply(200, list(false, OURS.replace("pi_3Q", "pi_5S")));
    var second = (Listing.Page) stripe.list(FROM, UNTIL, first.next());
    assertThat(asked(1)).contains("&starting_after=pi_4R");
    assertThat(first.transactions()).extracting(Listed::transactionId).contains("pi_3Q", "pi_4R");
    assertThat(second.transactions()).extracting(Listed::transactionId).contains("pi_5S");
  }

  @Test
  void afterTheIntentsComeTheChargesRefundsDisputesAndCapturesOfThatTime() {
    var back = OURS.replace("\"refunded\":false", "\"refunded\":true");
    var intents = page(list(false, OURS));
    var young = OURS.replace("1790000000", "" + FROM.getEpochSecond());
    server.thenReply(200, list(true, charge("ch_1", OURS), charge("ch_2", young), BARE));
    var charges = (Listing.Page) stripe.list(FROM, UNTIL, intents.next());
    server.thenReply(200, list(false));
    var moreCharges = (Listing.Page) stripe.list(FROM, UNTIL, charges.next());
    server.thenReply(
        200, list(true, reversal("re_1", back), reversal("re_3", young), reversal("re_2", "null")));
    var refunds = (Listing.Page) stripe.list(FROM, UNTIL, moreCharges.next());
    server.thenReply(200, list(false));
    var moreRefunds = (Listing.Page) stripe.list(FROM, UNTIL, refunds.next());
    server.thenReply(200, list(false, reversal("dp_1", OURS.replace("pi_3Q", "pi_4R"))));
    var disputes = (Listing.Page) stripe.list(FROM, UNTIL, moreRefunds.next());
    server.thenReply(200, list(false));
    var captures = (Listing.Page) stripe.list(FROM, UNTIL, disputes.next());

    var time =
        "created%%5Bgte%%5D=%d&created%%5Blt%%5D=%d&limit=100"
            .formatted(FROM.getEpochSecond(), UNTIL.getEpochSecond() + 1);
    var fewer = time.replace("limit=100", "limit=20");
    var intent = "&expand%5B%5D=data.payment_intent.latest_charge";
    var both = intent + "&expand%5B%5D=data.charge";
    assertThat(asked(1)).isEqualTo("GET /v1/charges?" + time + intent + " HTTP/1.1");
    assertThat(asked(2)).endsWith(intent + "&starting_after=ch_3B HTTP/1.1");
    assertThat(asked(3)).isEqualTo("GET /v1/refunds?" + time + both + " HTTP/1.1");
    assertThat(asked(4)).endsWith(both + "&starting_after=re_2 HTTP/1.1");
    assertThat(asked(5)).isEqualTo("GET /v1/disputes?" + fewer + both + " HTTP/1.1");
    assertThat(charges.transactions())
        .extracting(row -> Said.of(row.reply()))
        .containsExactly("Approved pi_3Q", "Approved ch_3B");
    assertThat(refunds.transactions())
        .singleElement()
        .satisfies(row -> assertThat(Said.of(row.reply())).isEqualTo("Reversed pi_3Q"));
    assertThat(disputes.transactions()).extracting(Listed::transactionId).containsExactly("pi_4R");
    assertThat(asked(6))
        .isEqualTo(
            "GET /v1/events?type=charge.captured&"
                + fewer.replace("limit=20", "limit=5")
                + " HTTP/1.1");
    assertThat(captures.next()).isNull();
  }

  private static String capture(String id, String charge, long made) {
    return """
    {"id":"%s","object":"event","api_version":"2016-07-06","created":%d,"type":"charge.captured",
     "data":{"object":{"id":"%s","object":"charge","amount":5000,"created":%d}}}\
    """
        .formatted(id, FROM.getEpochSecond() + 7, charge, made);
  }

  /** An event shows its charge as it was, in a form of the account's own choice. */
  @Test
  void aCaptureIsToldByWhatItsChargeIsNowAndByItsOwnTime() {
    var young = FROM.getEpochSecond();
    server.thenReply(
        200,
        list(
            true,
            capture("evt_4", "ch_4", young),
            capture("evt_3", "ch_3Q", 1790000003),
            capture("evt_2", "ch_3B", 1790000003)));
    server.thenReply(200, charge("ch_3Q", OURS));
    server.thenReply(200, BARE.replace("\"refunded\":false", "\"refunded\":true"));

    var captures = (Listing.Page) stripe.list(FROM, UNTIL, "CAPTURES:");

    assertThat(captures.transactions())
        .extracting(row -> Said.of(row.reply()))
        .containsExactly("Approved pi_3Q", "Reversed ch_3B");
    var first = captures.transactions().getFirst();
    assertThat(first.takenAt()).isEqualTo(FROM.plusSeconds(7));
    assertThat(first.at()).isBefore(FROM);
    assertThat(first.echo().chargeKey()).isEqualTo("ACME-A1001-1");
    assertThat(captures.next()).isEqualTo("CAPTURES:evt_2");
    assertThat(asked(1))
        .isEqualTo("GET /v1/charges/ch_3Q?expand%5B%5D=payment_intent.latest_charge HTTP/1.1");
    assertThat(server.asked()).hasSize(3);
  }

  /** The lists by creation have it, and yet by a time at which the other listing has had it. */
  @Test
  void aCaptureOfAChargeOfTheSecondInWhichTheTimeBeginsIsTold() {
    server.thenReply(200, list(false, capture("evt_1", "ch_3B", FROM.getEpochSecond())));
    server.thenReply(200, BARE.replace("1790000003", "" + FROM.getEpochSecond()));
    var from = FROM.plusMillis(250);
    assertThat(((Listing.Page) stripe.list(from, UNTIL, "CAPTURES:")).transactions())
        .singleElement()
        .satisfies(row -> assertThat(row.takenAt()).isAfter(from));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # status | the charge as it is now
          404      | {}
          500      | {}
          200      | {}
          200      | {"id":"ch_other","created":1790000003,"payment_intent":null}
          200      | {"id":"ch_3B","created":1790000003,"payment_intent":"pi_3Q"}
          200      | {"id":"ch_3B","created":1790000003}
          """)
  void aCaptureWhoseChargeIsNotShownIsNoRow(int status, String charge) {
    server.thenReply(200, list(false, capture("evt_1", "ch_3B", 1790000003)));
    server.thenReply(status, charge);
    assertThat(stripe.list(FROM, UNTIL, "CAPTURES:")).isInstanceOf(Listing.Failed.class);
  }

  /** As where the data of a trial were deleted: else each night ended there until it is too old. */
  @Test
  void aCaptureWhoseChargeWasDeletedTookNothing() {
    server.thenReply(200, list(false, capture("evt_1", "ch_3B", 1790000003)));
    server.thenReply(
        404,
        "{\"error\":{\"code\":\"resource_missing\",\"param\":\"id\",\"message\":\"No such"
            + " charge\"}}");
    var page = (Listing.Page) stripe.list(FROM, UNTIL, "CAPTURES:");
    assertThat(page.transactions()).isEmpty();
    assertThat(page.next()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "object":{"id":"ch_3B"  | "object":{"id":"../x"
          "object":{"id":"ch_3B"  | "object":{"id":"pi_3B"
          "object":{"id":"ch_3B"  | "object":{"name":"ch_3B"
          "created":1790000003    | "created":"yesterday"
          "created":1790000003    | "made":1790000003
          "data":{"object"        | "data":{"subject"
          "id":"evt_1"            | "id":"../x"
          "id":"evt_1"            | "name":"evt_1"
          "api_version":          | "created":
          """)
  void anEventOfNobodyKnowsWhatIsNoRow(String in, String instead) {
    var event = capture("evt_1", "ch_3B", 1790000003);
    assertThat(event).contains(in);
    server.thenReply(200, list(false, event.replace(in, instead)));
    server.thenReply(200, BARE);
    assertThat(stripe.list(FROM, UNTIL, "CAPTURES:")).isInstanceOf(Listing.Failed.class);
  }

  private static String charge(String id, String intent) {
    return BARE.replace("ch_3B", id)
        .replace("\"payment_intent\":null", "\"payment_intent\":" + intent);
  }

  /** It never became an intent: by its own list while it is young, then by what changed. */
  @Test
  void whatIsGivenBackOfAChargeWithoutAnIntentIsToldWhereTheChargeIsOlder() {
    var back = BARE.replace("\"refunded\":false", "\"refunded\":true");
    var young = back.replace("1790000003", "" + FROM.getEpochSecond());
    var row = "{\"id\":\"re_%d\",\"payment_intent\":null,\"charge\":%s}";
    server.thenReply(
        200,
        list(
            false,
            row.formatted(1, back),
            row.formatted(2, young),
            row.formatted(3, "null"), // of a balance, say
            row.formatted(4, back.replace("ch_3B", "py_4"))));

    var refunds = (Listing.Page) stripe.list(FROM, UNTIL, "REFUNDS:");

    assertThat(refunds.transactions())
        .extracting(listed -> Said.of(listed.reply()))
        .containsExactly("Reversed ch_3B", "Reversed py_4");
  }

  @Test
  void aChargeWithoutAnIntentIsSomebodyElsesWhateverItsMetadataSay() {
    for (var source :
        List.of(BARE, BARE.replace("\"payment_method\":\"card_7\"", "\"payment_method\":null"))) {
      server.thenReply(200, list(false, source));
      var rows = ((Listing.Page) stripe.list(FROM, UNTIL, "CHARGES:")).transactions();
      assertThat(rows).hasSize(1);
      assertThat(rows.getFirst().at()).isEqualTo(Instant.ofEpochSecond(1790000003));
      assertThat(rows.getFirst().echo())
          .isEqualTo(
              new Echo(
                  null,
                  new Money(1999, Currency.of("USD").orElseThrow()),
                  "cus_9",
                  "card_7",
                  null,
                  false,
                  null,
                  null));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # in the row            | instead                                             | proves
          "status":"succeeded"    | "status":"succeeded"                                | Approved ch_3B
          "refunded":false        | "refunded":true                                     | Reversed ch_3B
          "amount_refunded":0     | "amount_refunded":1                                 | Reversed ch_3B in part
          "disputed":false        | "disputed":true                                     | Reversed ch_3B disputed
          "captured":true         | "captured":false                                    | Undecided ch_3B held
          "captured":true         | "captured":null                                     | Unknown
          "status":"succeeded"    | "status":"pending"                                  | Processing ch_3B
          "status":"succeeded"    | "status":"failed"                                   | Closed ch_3B
          "status":"succeeded"    | "status":"newly_invented"                           | Unknown
          "currency":"usd"        | "currency":"zzz"                                    | Unknown
          "amount_captured":1999  | "amount_captured":19.99                             | Unknown
          """)
  void aChargeWithoutAnIntentProvesWhatAnIntentWould(String in, String instead, String proves) {
    assertThat(BARE).contains(in);
    var row = BARE.replace(in, instead);
    server.thenReply(200, list(false, row));
    var listed = ((Listing.Page) stripe.list(FROM, UNTIL, "CHARGES:")).transactions();
    assertThat(listed).extracting(one -> Said.of(one.reply())).containsExactly(proves);
    server.thenReply(200, row);
    assertThat(Said.of(stripe.look("ch_3B", null))).isEqualTo(proves);
    assertThat(asked(1))
        .isEqualTo("GET /v1/charges/ch_3B?expand%5B%5D=payment_intent.latest_charge HTTP/1.1");
  }

  /** What was never captured counts as given back, at Stripe; of a capture it is no refund. */
  @ParameterizedTest
  @CsvSource({
    "2000, 1999, 1, Approved",
    "2000, 1999, 0, Approved",
    "2000, 1999, 2, Reversed in part",
    "1999, 1999, 1, Reversed in part",
    "1999, 2999, 1, Reversed in part"
  })
  void onlyWhatWasTakenCanHaveBeenGivenBack(long held, long taken, long back, String proves) {
    var row =
        BARE.replace("\"amount\":1999", "\"amount\":" + held)
            .replace("\"amount_captured\":1999", "\"amount_captured\":" + taken)
            .replace("\"amount_refunded\":0", "\"amount_refunded\":" + back);
    server.thenReply(200, list(false, row));
    var listed = ((Listing.Page) stripe.list(FROM, UNTIL, "CHARGES:")).transactions();
    assertThat(listed)
        .extracting(one -> Said.of(one.reply()))
        .containsExactly(proves.replaceFirst("( |$)", " ch_3B$1"));
    assertThat(listed.getFirst().echo().amount())
        .isEqualTo(new Money(taken, Currency.of("USD").orElseThrow()));
  }

  @Test
  void whatIsLetGoUncapturedAndWhatWasDeclinedHavePaidNothing() {
    var held = BARE.replace("\"captured\":true", "\"captured\":false");
    var declined =
        held.replace("\"succeeded\"", "\"failed\"")
            .replace("\"failure_code\":null", "\"failure_code\":\"card_declined\"");
    server.thenReply(
        200, list(false, held.replace("\"refunded\":false", "\"refunded\":true"), declined));
    assertThat(((Listing.Page) stripe.list(FROM, UNTIL, "CHARGES:")).transactions())
        .extracting(one -> Said.of(one.reply()))
        .containsExactly("Closed ch_3B", "Declined card_declined soft");
  }

  /** What the listing would call by its intent must not be known by two names. */
  @Test
  void theChargeOfAnIntentIsAnsweredByItsIntent() {
    server.thenReply(200, charge("ch_3Q", OURS));
    assertThat(Said.of(stripe.look("ch_3Q", null))).isEqualTo("Approved pi_3Q");
    server.thenReply(200, charge("ch_3Q", "\"pi_3Q\""));
    assertThat(Said.of(stripe.look("ch_3Q", null))).isEqualTo("Unknown");
    server.thenReply(200, charge("ch_other", OURS));
    assertThat(Said.of(stripe.look("ch_3Q", null))).isEqualTo("Unknown");
  }

  @Test
  void aChargeThatStripeDoesNotHaveIsNotFound() {
    server.thenReply(
        404,
        "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\","
            + "\"param\":\"id\",\"message\":\"No such charge: 'ch_9'\"}}");
    assertThat(Said.of(stripe.look("ch_9", null))).isEqualTo("NotFound");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"ch_1\",\"created\":1790000003,\"payment_intent\":\"pi_3Q\"}",
        "{\"id\":\"ch_1\",\"created\":1790000003}",
        "{\"id\":\"ch_1\",\"payment_intent\":null}",
        "{\"id\":\"../x\",\"created\":1790000003,\"payment_intent\":null}",
        "{\"created\":1790000003,\"payment_intent\":null}"
      })
  void aChargeOfNobodyKnowsWhatIsNoRow(String row) {
    server.thenReply(200, list(false, row));
    assertThat(stripe.list(FROM, UNTIL, "CHARGES:")).isInstanceOf(Listing.Failed.class);
  }

  /** Their right to read charges, say. */
  @ParameterizedTest
  @ValueSource(strings = {"CHARGES:", "REFUNDS:", "DISPUTES:", "CAPTURES:"})
  void aKeyThatMayNotReadOneOfTheListsIsRefused(String cursor) {
    server.thenReply(403, "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"}}");
    assertThat(stripe.list(FROM, UNTIL, cursor))
        .isInstanceOfSatisfying(
            Listing.Refused.class, refused -> assertThat(refused.toString()).contains("/v1/"));
  }

  private static String reversal(String id, String intent) {
    return "{\"id\":\"%s\",\"created\":1790000009,\"charge\":null,\"payment_intent\":%s}"
        .formatted(id, intent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"re_1\",\"payment_intent\":\"pi_3Q\"}",
        "{\"id\":\"re_1\"}",
        "{\"id\":\"re_1\",\"payment_intent\":null}",
        "{\"id\":\"re_1\",\"payment_intent\":null,\"charge\":\"ch_1\"}",
        "{\"id\":\"../x\",\"payment_intent\":null,\"charge\":null}",
        "{\"payment_intent\":null,\"charge\":null}"
      })
  void aRefundOfNobodyKnowsWhatIsNoRow(String row) {
    server.thenReply(200, list(false, row));
    assertThat(stripe.list(FROM, UNTIL, "REFUNDS:")).isInstanceOf(Listing.Failed.class);
  }

  @Test
  void allThatTheWireTellsIsEchoed() {
    var row = row(OURS);
    assertThat(row.transactionId()).isEqualTo("pi_3Q");
    assertThat(row.at()).isEqualTo(Instant.ofEpochSecond(1790000003));
    assertThat(row.echo())
        .isEqualTo(
            new Echo(
                "ACME-A1001-1",
                new Money(1999, Currency.of("USD").orElseThrow()),
                "cus_9",
                "pm_7",
                null,
                false,
                "A1001",
                "inst-1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # in the row                     | instead                                   | proves
          "usd","status":"succeeded"  | "usd","status":"succeeded"           | Approved pi_3Q
          "refunded":false                 | "refunded":true                           | Reversed pi_3Q
          "amount_refunded":0              | "amount_refunded":1                       | Reversed pi_3Q in part
          "disputed":false                 | "disputed":true                           | Reversed pi_3Q disputed
          "usd","status":"succeeded"  | "usd","status":"processing"          | Processing pi_3Q
          "usd","status":"succeeded"  | "usd","status":"requires_capture"    | Undecided pi_3Q held
          "usd","status":"succeeded"  | "usd","status":"requires_confirmation" | Undecided pi_3Q
          "usd","status":"succeeded"  | "usd","status":"requires_payment_method" | Undecided pi_3Q
          "usd","status":"succeeded"  | "usd","status":"requires_action"     | Declined authentication_required hard door pi_3Q
          "usd","status":"succeeded"  | "usd","status":"canceled"            | Closed pi_3Q
          "usd","status":"succeeded"  | "usd","status":"newly_invented"      | Unknown
          "currency":"usd"                 | "currency":"zzz"                          | Unknown
          "amount_received":1999           | "amount_received":19.99                   | Unknown
          "amount":1999,"amount_received":1999 | "amount":-5,"amount_received":-5      | Unknown
          """)
  void eachStatusProvesWhatItProvesInALookup(String in, String instead, String proves) {
    assertThat(OURS).contains(in);
    assertThat(Said.of(row(OURS.replace(in, instead)).reply())).isEqualTo(proves);
  }

  @Test
  void aDeclineSaysWhyAndLeavesItsDoorOpen() {
    var error =
        "{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":\"lost_card\"}";
    var declined =
        OURS.replace(
                "\"usd\",\"status\":\"succeeded\"",
                "\"usd\",\"status\":\"requires_payment_method\"")
            .replace("\"last_payment_error\":null", "\"last_payment_error\":" + error);
    assertThat(Said.of(row(declined).reply())).isEqualTo("Declined lost_card hard door pi_3Q");
  }

  @Test
  void somebodyElsesChargeHasNoKey() {
    var row = row(OURS.replaceAll("(?s)\"metadata\":\\{[^}]*}", "\"metadata\":{}"));
    assertThat(Said.of(row.reply())).isEqualTo("Approved pi_3Q");
    assertThat(row.echo().chargeKey()).isNull();
    assertThat(row.echo().invoiceId()).isNull();
  }

  @Test
  void anApprovalWhoseChargeIsNotShownIsNone() {
    var row =
        row(OURS.replaceAll("(?s)\"latest_charge\":\\{[^}]*}", "\"latest_charge\":\"ch_3Q\""));
    assertThat(Said.of(row.reply())).isEqualTo("Unknown");
    assertThat(row.at()).isEqualTo(Instant.ofEpochSecond(1790000000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"data\":[]}",
        "{\"data\":{},\"has_more\":false}",
        "{\"data\":[],\"has_more\":true}",
        "{\"data\":[{}],\"has_more\":false}",
        "{\"data\":[17],\"has_more\":false}",
        "{\"data\":[{\"id\":\"pi_1\"}],\"has_more\":false}",
        "{\"data\":[{\"id\":\"../x\",\"created\":1790000000}],\"has_more\":false}",
        "{\"data\":[{\"id\":\"pi_1\",\"created\":1790000000}],\"has_more\":\"no\"}",
        "<html>maintenance</html>"
      })
  void whatIsNoWholePageIsFailedAndNeverShortened(String body) {
    server.thenReply(200, body);
    assertThat(stripe.list(FROM, UNTIL, null)).isInstanceOf(Listing.Failed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "401, Refused",
    "403, Refused",
    "429, Failed",
    "500, Failed",
    "503, Failed",
    "301, Failed"
  })
  void onlyARefusedKeyIsRefused(int status, String said) {
    server.thenReply(status, "{\"error\":{\"type\":\"x\",\"message\":\"no sk_test_SECRET\"}}");
    var listing = stripe.list(FROM, UNTIL, null);
    assertThat(listing.getClass().getSimpleName()).isEqualTo(said);
    assertThat(listing.toString()).doesNotContain("SECRET");
  }

  @Test
  void aLostReplyAndACutOneAreFailed() {
    server.then(closes());
    assertThat(stripe.list(FROM, UNTIL, null)).isInstanceOf(Listing.Failed.class);
    server.then(LiteralServer.raw("HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n" + list(false)));
    assertThat(stripe.list(FROM, UNTIL, null)).isInstanceOf(Listing.Failed.class);
  }

  @Test
  void aFullPageOfLongRowsIsRead() {
    var long1 = OURS.replace("\"attempt_no\":\"1\"", "\"note\":\"" + "x".repeat(20_000) + "\"");
    var rows = new String[100];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = long1.replace("pi_3Q", "pi_" + i);
    }
    assertThat(page(list(false, rows)).transactions()).hasSize(100);
  }

  /** Stripe writes an intent's metadata to its charge, which a row holds twice. */
  @Test
  void aFullPageOfLongChargesIsRead() {
    var note = "\"note\":\"" + "x".repeat(20_000) + "\"";
    var intent =
        OURS.replace("\"attempt_no\":\"1\"", note)
            .replace("\"id\":\"ch_3Q\"", "\"id\":\"ch_3Q\",\"metadata\":{" + note + "}");
    var ours = "\"metadata\":{\"charge_key\":\"ACME-A1001-1\"}";
    var long1 = charge("ch_3Q", intent).replace(ours, "\"metadata\":{" + note + "}");
    var rows = new String[100];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = long1.replace("pi_3Q", "pi_" + i);
    }
    server.thenReply(200, list(false, rows));
    var read = (Listing.Page) stripe.list(FROM, UNTIL, "CHARGES:");
    assertThat(read.transactions()).hasSize(100);
  }

  @Test
  void aCursorOfAnotherKindIsAMistakeOfOurs() {
    for (var cursor :
        List.of("", "../v1/account", "pi_1", "BALANCES:", "REFUNDS:re 1", "EVENTS:")) {
      assertThatThrownBy(() -> stripe.list(FROM, UNTIL, cursor))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
