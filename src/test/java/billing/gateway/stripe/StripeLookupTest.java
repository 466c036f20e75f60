package billing.gateway.stripe;

import static billing.gateway.LiteralServer.closes;
import static billing.gateway.stripe.StripeChargeTest.SUCCEEDED;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.AccountReply;
import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.LiteralServer;
import billing.gateway.Said;
import billing.model.Account;
import billing.model.Attempt;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a lookup, a cancellation and the question for the account prove. */
@Timeout(20)
class StripeLookupTest {

  private static final String OURS =
      "{\"id\":\"pi_3Q\",\"metadata\":{\"charge_key\":\"ACME-A1001-1\"}}";
  private static final String OTHER =
      "{\"id\":\"pi_2P\",\"metadata\":{\"charge_key\":\"ACME-A1001-2\"}}";

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

  private List<String> find() {
    return find(Attempts.attempt());
  }

  private List<String> find(Attempt attempt) {
    return stripe.find(attempt, false).stream().map(Said::of).toList();
  }

  private String asked(int n) {
    return server.asked().get(n).line();
  }

  @Test
  void theCustomersIntentsAreListedFromADayBeforeTheFirstSend() {
    server.thenReply(200, list(false, OTHER));
    assertThat(find()).containsExactly("NotFound");
    var from = Attempts.SENT_AT.minus(Duration.ofDays(1)).getEpochSecond();
    assertThat(asked(0))
        .isEqualTo(
            "GET /v1/payment_intents?customer=cus_9&created%5Bgte%5D="
                + from
                + "&limit=100 HTTP/1.1");
    assertThat(server.asked().getFirst().headers()).doesNotContainKey("idempotency-key");
  }

  @Test
  void whatIsFoundIsRetrievedWithItsCharge() {
    server.thenReply(200, list(false, OTHER, OURS)).thenReply(200, SUCCEEDED);
    assertThat(find()).containsExactly("Approved pi_3Q");
    assertThat(asked(1))
        .isEqualTo("GET /v1/payment_intents/pi_3Q?expand%5B%5D=latest_charge HTTP/1.1");
  }

  @Test
  void twoUnderOneKeyAreBothTold() {
    server
        .thenReply(200, list(false, OURS, OURS.replace("pi_3Q", "pi_4R")))
        .thenReply(200, SUCCEEDED)
        .thenReply(200, SUCCEEDED.replace("pi_3Q", "pi_4R"));
    assertThat(find()).containsExactly("Approved pi_3Q", "Approved pi_4R");
  }

  @Test
  void whatWasApprovedAndRefundedSinceIsReversed() {
    server
        .thenReply(200, list(false, OURS))
        .thenReply(200, SUCCEEDED.replace("\"paid\":true", "\"refunded\":true"));
    assertThat(find()).containsExactly("Reversed pi_3Q");
  }

  @Test
  void aDeclineThatWasCancelledSinceIsStillADecline() {
    server
        .thenReply(200, list(false, OURS))
        .thenReply(
            200,
            """
            {"id":"pi_3Q","status":"canceled","amount":1999,"currency":"usd",
             "last_payment_error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}}
            """);
    assertThat(find()).containsExactly("Declined insufficient_funds soft");
  }

  @Test
  void everyPageIsReadAndTheNextBeginsAfterTheLast() {
    var full =
        IntStream.range(0, 100)
            .mapToObj(i -> "{\"id\":\"pi_x" + i + "\",\"metadata\":{}}")
            .collect(joining(","));
    server.thenReply(200, list(true, full)).thenReply(200, list(false, OURS));
    server.thenReply(200, SUCCEEDED);
    assertThat(find()).containsExactly("Approved pi_3Q");
    assertThat(asked(1)).contains("&limit=100&starting_after=pi_x99 ");
  }

  @Test
  void aListingWithoutEndIsUnknown() {
    for (int i = 0; i < Lookup.MOST_PAGES; i++) {
      server.thenReply(200, list(true, OTHER));
    }
    assertThat(find()).containsExactly("Unknown");
    assertThat(server.asked()).hasSize(Lookup.MOST_PAGES);
  }

  @Test
  void aListingThatBreaksOffOnItsSecondPageIsUnknownThoughTheFirstHadIt() {
    server.thenReply(200, list(true, OURS)).then(closes());
    assertThat(find()).containsExactly("Unknown");
  }

  @Test
  void withoutACustomerAllAreListedAsLongAsASendCouldTakeEffect() {
    server.thenReply(200, list(false, OURS)).thenReply(200, SUCCEEDED);
    var attempt = Attempts.attempt();
    var order = Attempts.order("19.99", "USD", null, "pm_7");
    assertThat(find(Attempts.of(order, attempt.sends().letters())))
        .containsExactly("Approved pi_3Q");
    var from = Attempts.SENT_AT.minusSeconds(300).getEpochSecond();
    var t = Stripe.TIMINGS;
    var until =
        Attempts.SENT_AT
            .plus(t.permit())
            .plus(Duration.ofSeconds(5))
            .plus(t.transit())
            .plus(t.processing())
            .plus(Duration.ofMinutes(5))
            .getEpochSecond();
    assertThat(asked(0))
        .isEqualTo(
            "GET /v1/payment_intents?created%5Bgte%5D="
                + from
                + "&created%5Blte%5D="
                + until
                + "&limit=100 HTTP/1.1");
  }

  @Test
  void aCustomerWhoIsGoneIsLookedForAmongAll() {
    server
        .thenReply(
            400,
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\"}}")
        .thenReply(200, list(false));
    assertThat(find()).containsExactly("NotFound");
    assertThat(asked(1)).doesNotContain("customer");
  }

  @ParameterizedTest(name = "{0} {2} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"object":"list","data":[]}                          | Unknown
          200 | {"object":"list","data":[],"has_more":true}          | Unknown
          200 | {"object":"list","data":{},"has_more":false}         | Unknown
          200 | {"object":"list","data":[{}],"has_more":false}       | Unknown
          200 | {"object":"list","data":[{"id":"pi_3Q"}],"has_more":false} | Unknown
          200 | {"object":"list","data":[{"id":"pi_3Q","metadata":"x"}],"has_more":false} | Unknown
          200 | {}                                                   | Unknown
          200 | ''                                                   | Unknown
          200 | <html>                                               | Unknown
          302 | ''                                                   | Unknown
          400 | {"error":{"type":"invalid_request_error"}}           | Unknown
          401 | {"error":{"message":"Invalid API Key provided"}}     | AccountRefused
          403 | ''                                                   | AccountRefused
          429 | ''                                                   | Unknown
          500 | ''                                                   | Unknown
          503 | ''                                                   | Unknown
          """)
  void aQuestionThatFailedIsNeverNotFound(int status, String body, String proves) {
    server.thenReply(status, body);
    assertThat(find()).containsExactly(proves);
    assertThat(server.asked()).hasSize(1);
  }

  /** A doubt that was answered gives up its place; one that was not keeps it. */
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd"}                        | true
          200 | {"id":"pi_3Q","status":"succeeded","latest_charge":{"id":"ch_3Q"}}                        | true
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd"}                       | true
          200 | {"id":"pi_3Q","status":"on_holiday","amount":1999,"currency":"usd"}                       | true
          404 | {"error":{"type":"invalid_request_error","code":"resource_missing","param":"intent"}}     | true
          404 | {"error":{"type":"invalid_request_error","code":"resource_missing","param":"customer"}}   | false
          404 | ''                                                                                        | false
          403 | {"error":{"type":"invalid_request_error"}}                                                | false
          500 | ''                                                                                        | false
          200 | {"id":"pi_3Q","status":"succee                                                            | false
          """)
  void anAnswerThatLeavesEverythingOpenIsOne(int status, String body, boolean answered) {
    server.thenReply(200, list(false, OURS)).thenReply(status, body);
    assertThat(stripe.find(Attempts.attempt(), false))
        .singleElement()
        .satisfies(reply -> assertThat(Said.of(reply)).isEqualTo("Unknown"))
        .satisfies(reply -> assertThat(reply.isNoAnswer()).isEqualTo(!answered));
  }

  @ParameterizedTest(name = "{0} {2} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"id":"pi_3Q","status":"canceled","amount":1999,"currency":"usd"}   | Closed pi_3Q
          200 | {"id":"pi_4R","status":"canceled","amount":1999,"currency":"usd"}   | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd"}  | Unknown
          200 | ''                                                                  | Unknown
          404 | {"error":{"code":"resource_missing"}}                               | Unknown
          401 | ''                                                                  | Unknown
          429 | ''                                                                  | Unknown
          500 | ''                                                                  | Unknown
          """)
  void onlyACancelledIntentIsClosed(int status, String body, String proves) {
    server.thenReply(status, body);
    assertThat(Said.of(stripe.close(Attempts.attempt(), "pi_3Q"))).isEqualTo(proves);
    var asked = server.asked().getFirst();
    assertThat(asked.line()).isEqualTo("POST /v1/payment_intents/pi_3Q/cancel HTTP/1.1");
    assertThat(asked.body()).isEqualTo("cancellation_reason=abandoned");
  }

  @ParameterizedTest(name = "too late, now {0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "status":"succeeded","latest_charge":{"id":"ch_3Q"}                          | Approved pi_3Q
          "status":"succeeded","latest_charge":"ch_3Q"                                 | Unknown
          "status":"succeeded","latest_charge":null                                    | Unknown
          "status":"succeeded"                                                         | Unknown
          "status":"succeeded","latest_charge":{"refunded":true}                       | Reversed pi_3Q
          "status":"canceled"                                                          | Closed pi_3Q
          "status":"canceled","last_payment_error":{"code":"card_declined"}            | Closed pi_3Q
          "status":"processing","created":1790000000                                   | Processing pi_3Q
          "status":"requires_payment_method"                                           | Unknown
          "status":"requires_payment_method","last_payment_error":{"code":"x"}         | Unknown
          """)
  void whatCouldNotBeCancelledIsLookedAt(String state, String proves) {
    server
        .thenReply(
            400,
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"payment_intent_unexpected_state\"}}")
        .thenReply(200, "{\"id\":\"pi_3Q\",\"amount\":1999,\"currency\":\"usd\"," + state + "}");
    assertThat(Said.of(stripe.close(Attempts.attempt(), "pi_3Q"))).isEqualTo(proves);
  }

  @Test
  void aLostReplyToACancellationIsUnknown() {
    server.then(closes());
    assertThat(Said.of(stripe.close(Attempts.attempt(), "pi_3Q"))).isEqualTo("Unknown");
  }

  @Test
  void anIdThatIsNoneIsNeverPutIntoAnAddress() {
    assertThat(Said.of(stripe.close(Attempts.attempt(), "../../v1/refunds"))).isEqualTo("Unknown");
    assertThat(server.connections()).isZero();
  }

  @Test
  void theAccountAndTheModeOfItsKey() throws IOException {
    server.thenReply(200, "{\"id\":\"acct_1\",\"object\":\"account\"}");
    assertThat(stripe.account())
        .isEqualTo(new AccountReply.Known(new Account("stripe", "acct_1", false)));
    assertThat(asked(0)).isEqualTo("GET /v1/account HTTP/1.1");
    server.thenReply(401, "{\"error\":{\"message\":\"Invalid API Key provided: sk_test_SECRET\"}}");
    assertThat(stripe.account())
        .isInstanceOf(AccountReply.Refused.class)
        .asString()
        .doesNotContain("SECRET");
    server.thenReply(403, "<html>Forbidden</html>");
    assertThat(stripe.account()).as("a proxy's word").isInstanceOf(AccountReply.Unreachable.class);
    server.thenReply(503, "");
    assertThat(stripe.account()).isInstanceOf(AccountReply.Unreachable.class);
    server.then(closes());
    assertThat(stripe.account()).isInstanceOf(AccountReply.Unreachable.class);
  }

  @Test
  void aSecondEmptyListingCountsAQuarterOfAnHourAfterTheSend() {
    var t = stripe.timings();
    assertThat(
            t.permit()
                .plus(t.transit())
                .plus(t.processing())
                .plus(t.lookupLag())
                .plus(t.clockSkew()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(870));
  }
}
