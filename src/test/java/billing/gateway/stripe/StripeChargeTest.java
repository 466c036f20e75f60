package billing.gateway.stripe;

import static billing.gateway.LiteralServer.closes;
import static billing.gateway.LiteralServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.LiteralServer;
import billing.gateway.Said;
import billing.model.Currency;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Declined;
import billing.model.Money;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each reply of Stripe to "create and confirm" proves, over HTTP, by its literal text. */
@Timeout(20)
class StripeChargeTest {

  /** As gateways show it: approved, with everything that an adapter needs. */
  static final String SUCCEEDED =
      """
      {"id":"pi_3Q","object":"payment_intent","amount":1999,"amount_received":1999,"currency":"usd","status":"succeeded",
       "customer":"cus_9","payment_method":"pm_7","latest_charge":{"id":"ch_3Q","paid":true,"captured":true,"status":"succeeded"},
       "last_payment_error":null,"metadata":{"charge_key":"ACME-A1001-1","invoice_id":"A1001","attempt_no":"1","installation":"inst-1"},
       "created":1790000000,"livemode":false}
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

  private GatewayReply charge() {
    return stripe.charge(Attempts.attempt(), () -> true);
  }

  @Test
  void theRequestIsWrittenExactlySo() {
    server.thenReply(200, SUCCEEDED);
    charge();
    var asked = server.asked().getFirst();
    assertThat(asked.line()).isEqualTo("POST /v1/payment_intents HTTP/1.1");
    assertThat(asked.headers())
        .containsEntry("authorization", "Bearer sk_test_SECRET")
        .containsEntry("stripe-version", "2025-08-27.basil")
        .containsEntry("idempotency-key", "ACME-A1001-1")
        .containsEntry("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    assertThat(asked.body())
        .isEqualTo(
            "amount=1999&currency=usd&customer=cus_9&payment_method=pm_7&confirm=true"
                + "&off_session=true&payment_method_types[]=card&description=Order+A-1001"
                + "&metadata[charge_key]=ACME-A1001-1&metadata[invoice_id]=A1001"
                + "&metadata[attempt_no]=1&metadata[installation]=inst-1"
                + "&expand[]=latest_charge");
  }

  @Test
  void anApprovalIsEchoedWithAllThatItCarries() {
    server.thenReply(200, SUCCEEDED);
    var approved = (Approved) charge();
    assertThat(approved)
        .isEqualTo(
            new Approved(
                "pi_3Q",
                new Echo(
                    "ACME-A1001-1",
                    new Money(1999, Currency.of("USD").orElseThrow()),
                    "cus_9",
                    "pm_7",
                    null,
                    false,
                    "A1001",
                    "inst-1"),
                Instant.ofEpochSecond(1_790_000_000)));
    assertThat(approved.echo().contradictions(Attempts.attempt().order())).isEmpty();
  }

  @ParameterizedTest(name = "{0} {2} {1}")
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 10_000,
      textBlock =
          """
          # status | reply | proves
          200 | {"id":"pi_3Q","status":"requires_capture","amount":1999,"currency":"usd","metadata":{"charge_key":"ACME-A1001-1"}}                   | Undecided pi_3Q
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd","created":1790000000}                                           | Processing pi_3Q
          200 | {"id":"pi_3Q","status":"requires_action","amount":1999,"currency":"usd","next_action":{"type":"use_stripe_sdk"}}                    | Declined authentication_required hard door pi_3Q
          200 | {"id":"pi_3Q","status":"requires_source_action","amount":1999,"currency":"usd"}                                                    | Declined authentication_required hard door pi_3Q
          200 | {"id":"pi_3Q","status":"requires_payment_method","amount":1999,"currency":"usd","last_payment_error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}} | Declined insufficient_funds soft door pi_3Q
          200 | {"id":"pi_3Q","status":"requires_payment_method","amount":1999,"currency":"usd","last_payment_error":{"type":"card_error","code":"expired_card","decline_code":"expired_card"}}        | Declined expired_card hard door pi_3Q
          200 | {"id":"pi_3Q","status":"requires_payment_method","amount":1999,"currency":"usd","last_payment_error":null}                          | Undecided pi_3Q
          200 | {"id":"pi_3Q","status":"requires_confirmation","amount":1999,"currency":"usd"}                                                     | Undecided pi_3Q
          200 | {"id":"pi_3Q","status":"canceled","amount":1999,"currency":"usd"}                                                                  | Closed pi_3Q
          200 | {"id":"pi_3Q","status":"on_holiday","amount":1999,"currency":"usd"}                                                                | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","refunded":true}}                  | Reversed pi_3Q
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","amount_refunded":5}}              | Reversed pi_3Q in part
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","disputed":true}}                  | Reversed pi_3Q disputed
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","amount_refunded":1999.0}}         | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","amount_refunded":"5"}}            | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","refunded":"yes"}}                 | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{"id":"ch_3Q","disputed":1}}                     | Unknown
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd","created":31556889864403199}                                    | Unknown
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd","created":4102444800}                                           | Unknown
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd","created":946684799}                                            | Unknown
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd","created":"yesterday"}                                          | Unknown
          200 | {"id":"pi_3Q","status":"processing","amount":1999,"currency":"usd"}                                                                | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"zzz"}                                                                 | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":"1999","currency":"usd"}                                                               | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":19.99,"currency":"usd"}                                                                | Unknown
          200 | {"id":"../../x","status":"succeeded","amount":1999,"currency":"usd"}                                                               | Unknown
          200 | {"status":"succeeded","amount":1999,"currency":"usd"}                                                                              | Unknown
          200 | {"id":"pi_3Q","status":"canceled","status":"succeeded","amount":1999,"currency":"usd"}                                             | Unknown
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd"} {}                                                              | Unknown
          200 | {"id":"pi_3Q","status":"succee                                                                                                     | Unknown
          200 | ''                                                                                                                                 | Unknown
          200 | []                                                                                                                                 | Unknown
          200 | <html><body>Down for maintenance</body></html>                                                                                     | Unknown
          201 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd"}                                                                 | Unknown
          302 | ''                                                                                                                                 | Unknown
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds","advice_code":"try_again_later","message":"Your card has insufficient funds.","charge":"ch_3Q","payment_intent":{"id":"pi_3Q","status":"requires_payment_method"}}} | Declined insufficient_funds soft door pi_3Q
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"stolen_card","payment_intent":{"id":"pi_3Q","status":"requires_payment_method"}}} | Declined stolen_card hard door pi_3Q
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"generic_decline","payment_intent":{"id":"pi_3Q","status":"canceled"}}}           | Declined generic_decline soft
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"do_not_honor","advice_code":"do_not_try_again"}}              | Declined do_not_honor hard
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"do_not_honor","advice_code":"confirm_card_data"}}             | Declined do_not_honor hard
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card","advice_code":"try_again_later"}}                  | Declined lost_card soft
          402 | {"error":{"type":"card_error","code":"authentication_required","decline_code":"authentication_required","advice_code":"try_again_later","payment_intent":{"id":"pi_3Q","status":"requires_payment_method"}}} | Declined authentication_required hard door pi_3Q
          402 | {"error":{"type":"card_error","code":"card_decline_rate_limit_exceeded"}}                                                          | Declined card_decline_rate_limit_exceeded soft
          402 | {"error":{"type":"card_error","code":"never_heard_of"}}                                                                            | Declined never_heard_of soft
          402 | {"error":{"type":"card_error","code":"card_declined","decline_code":"duplicate_transaction"}}                                      | Duplicate
          402 | {"error":{"type":"card_error","code":"card_declined","payment_intent":{"id":"pi_3Q","status":"succeeded"}}}                        | Unknown
          402 | {"error":{"type":"card_error","code":"card_declined","payment_intent":{"id":"pi_3Q"}}}                                              | Unknown
          402 | {"error":{"type":"card_error","code":"card_declined","payment_intent":{"id":"pi_3Q","status":"requires_payment_method","created":0}}} | Unknown
          402 | {"error":{"type":"api_error"}}                                                                                                     | Unknown
          402 | payment required                                                                                                                   | Unknown
          400 | {"error":{"type":"idempotency_error","message":"Keys for idempotent requests can only be used with the same parameters they were first used with."}} | Conflict
          409 | {"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}                                                             | Unknown
          409 | ''                                                                                                                                 | Unknown
          400 | {"error":{"type":"invalid_request_error","code":"resource_missing","param":"payment_method","message":"No such PaymentMethod"}}    | OrderRefused resource_missing
          404 | {"error":{"type":"invalid_request_error","code":"resource_missing","param":"customer","message":"No such customer"}}               | OrderRefused resource_missing
          404 | {"error":{"type":"invalid_request_error","code":"resource_missing","param":"on_behalf_of"}}                                        | AccountRefused
          400 | {"error":{"type":"invalid_request_error","code":"amount_too_small","param":"amount"}}                                              | OrderRefused amount_too_small
          400 | {"error":{"type":"invalid_request_error","code":"amount_too_large"}}                                                               | OrderRefused amount_too_large
          400 | {"error":{"type":"invalid_request_error","code":"payment_method_currency_mismatch"}}                                               | OrderRefused payment_method_currency_mismatch
          400 | {"error":{"type":"invalid_request_error","message":"Invalid currency: zzz","param":"currency"}}                                    | OrderRefused invalid_request_error
          400 | {"error":{"type":"invalid_request_error","code":"payment_method_currency_mismatch","payment_intent":{"id":"pi_3Q","status":"requires_payment_method"}}} | Declined payment_method_currency_mismatch hard door pi_3Q
          400 | {"error":{"type":"invalid_request_error","code":"payment_method_currency_mismatch","payment_intent":{"id":"pi_3Q"}}}               | Unknown
          400 | {"error":{"type":"invalid_request_error","message":"The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached from a Customer. It may not be used again."}} | OrderRefused invalid_request_error
          400 | {"error":{"type":"invalid_request_error","code":"payment_method_unexpected_state","message":"The PaymentMethod was detached."}}     | OrderRefused payment_method_unexpected_state
          400 | {"error":{"type":"invalid_request_error","param":"payment_method_types","message":"No valid PaymentMethod types"}}                 | AccountRefused
          400 | {"error":{"type":"invalid_request_error","code":"parameter_unknown","param":"foo","payment_intent":{"status":"succeeded"}}}        | Unknown
          401 | {"error":{"type":"invalid_request_error","payment_intent":{"id":"../x","status":"succeeded"}}}                                     | Unknown
          400 | {"error":{"type":"invalid_request_error","code":"parameter_unknown","param":"foo"}}                                                | AccountRefused
          400 | {"error":{"type":"invalid_request_error","code":"payment_intent_invalid_parameter"}}                                               | AccountRefused
          404 | {"error":{"type":"invalid_request_error","message":"Unrecognized request URL"}}                                                    | AccountRefused
          400 | {"error":{"type":"api_error"}}                                                                                                     | Unknown
          400 | Bad Request                                                                                                                        | Unknown
          401 | {"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_****"}}                                      | AccountRefused
          403 | {"error":{"type":"invalid_request_error","message":"The provided key does not have access"}}                                       | AccountRefused
          429 | {"error":{"type":"invalid_request_error","code":"rate_limit"}}                                                                     | NotCharged
          429 | {"error":{"type":"invalid_request_error","code":"lock_timeout"}}                                                                   | NotCharged
          429 | ''                                                                                                                                 | NotCharged
          424 | {"error":{"type":"api_error"}}                                                                                                     | Unknown
          500 | {"error":{"type":"api_error","message":"An unknown error occurred"}}                                                               | Unknown stored
          502 | <html>                                                                                                                             | Unknown
          503 | ''                                                                                                                                 | Unknown
          504 | ''                                                                                                                                 | Unknown
          520 | ''                                                                                                                                 | Unknown
          408 | ''                                                                                                                                 | Unknown
          418 | ''                                                                                                                                 | Unknown
          """)
  void theCertaintyTable(int status, String body, String proves) {
    server.thenReply(status, body);
    assertThat(Said.of(charge())).isEqualTo(proves);
    assertThat(server.asked()).as("asked once, and nothing after it").hasSize(1);
  }

  @Test
  void rateLimitedByHeaderIsBeforeProcessing() {
    server.then(reply(429, "Stripe-Rate-Limited-Reason: global-rate\r\n", ""));
    assertThat(Said.of(charge())).isEqualTo("NotCharged");
  }

  @Test
  void aLostReplyIsUnknown() {
    server.then(closes());
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void anExpiredPermitIsProof() {
    assertThat(Said.of(stripe.charge(Attempts.attempt(), () -> false)))
        .isEqualTo("NotCharged never left");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aReplayIsHistorySoTheIntentIsRetrieved() {
    server.then(reply(200, "Idempotent-Replayed: true\r\n", SUCCEEDED));
    server.thenReply(200, SUCCEEDED.replace("\"paid\":true", "\"refunded\":true"));
    assertThat(Said.of(charge())).isEqualTo("Reversed pi_3Q");
    assertThat(server.asked().get(1).line())
        .isEqualTo("GET /v1/payment_intents/pi_3Q?expand%5B%5D=latest_charge HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "refunded":true,"amount_refunded":1999                   | refunded
          "refunded":false,"amount_refunded":5                     | refunded by 0.05 USD
          "amount_refunded":105,"disputed":true                    | refunded by 1.05 USD and disputed
          "refunded":true,"disputed":true                          | refunded and disputed
          "amount_refunded":0,"disputed":true                      | disputed
          """)
  void howMuchWasGivenBackIsTold(String shown, String how) {
    server.thenReply(200, SUCCEEDED.replace("\"paid\":true", shown));
    assertThat(charge())
        .isInstanceOfSatisfying(
            GatewayReply.Reversed.class, reply -> assertThat(reply.how()).isEqualTo(how));
  }

  @ParameterizedTest(name = "replayed, then {0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd","latest_charge":{}}    | Approved pi_3Q
          200 | {"id":"pi_other","status":"succeeded","amount":1999,"currency":"usd"} | Unknown
          401 | {"error":{"type":"invalid_request_error"}}                            | Unknown
          404 | {"error":{"type":"invalid_request_error","code":"resource_missing"}}  | Unknown
          429 | ''                                                                    | Unknown
          500 | ''                                                                    | Unknown
          """)
  void aReplayedDeclineIsHistoryToo(int status, String body, String proves) {
    server.then(
        reply(
            402,
            "Idempotent-Replayed: true\r\n",
            """
            {"error":{"type":"card_error","code":"card_declined",
             "payment_intent":{"id":"pi_3Q","status":"requires_payment_method"}}}
            """));
    server.thenReply(status, body);
    assertThat(Said.of(charge())).isEqualTo(proves);
  }

  @Test
  void aReplayed500StaysIndeterminate() {
    server.then(
        reply(500, "Idempotent-Replayed: true\r\n", "{\"error\":{\"type\":\"api_error\"}}"));
    assertThat(Said.of(charge())).isEqualTo("Unknown stored");
  }

  @Test
  void anIntentThatIsFurtherThanWeThoughtIsRetrieved() {
    server.thenReply(
        400,
        """
        {"error":{"type":"invalid_request_error","code":"payment_intent_unexpected_state",
         "payment_intent":{"id":"pi_3Q","status":"succeeded"}}}
        """);
    server.thenReply(200, SUCCEEDED);
    assertThat(Said.of(charge())).isEqualTo("Approved pi_3Q");
  }

  @ParameterizedTest
  @CsvSource({"400", "401", "403", "404", "429"})
  void aRefusalThatLeftAnIntentIsNoRefusal(int status) {
    var refusal =
        """
        {"error":{"type":"invalid_request_error","code":"odd","message":"x",
         "payment_intent":{"id":"pi_3Q","status":"succeeded","amount":1999,"currency":"usd"}}}
        """;
    server.thenReply(status, refusal).thenReply(200, SUCCEEDED);
    assertThat(Said.of(charge())).isEqualTo("Approved pi_3Q");
    server.thenReply(status, refusal).then(closes());
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void anIdThatTheDatabaseCouldNotKeepWholeIsUnknown() {
    server.thenReply(200, SUCCEEDED.replace("pi_3Q", "p".repeat(128)));
    assertThat(Said.of(charge())).isEqualTo("Approved " + "p".repeat(128));
    server.thenReply(200, SUCCEEDED.replace("pi_3Q", "p".repeat(129)));
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void anUnexpectedStateOfNoNamedIntentIsUnknown() {
    server.thenReply(
        400,
        "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"payment_intent_unexpected_state\"}}");
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void theReasonOfAStolenCardIsKeptFromThePayer() {
    server.thenReply(
        402,
        """
        {"error":{"type":"card_error","code":"card_declined","decline_code":"stolen_card",
         "message":"Your card was reported stolen."}}
        """);
    assertThat(((Declined) charge()).text()).isEqualTo("The card was declined.");
  }

  @Test
  void aDeclineTellsWhoseItIs() {
    server.thenReply(
        402,
        """
        {"error":{"type":"card_error","code":"card_declined","payment_intent":{"id":"pi_3Q",
         "status":"requires_payment_method","amount":1999,"currency":"usd","created":1790000000,
         "metadata":{"charge_key":"ACME-A1001-2"},"livemode":true}}}
        """);
    var declined = (Declined) charge();
    assertThat(declined.at()).isEqualTo(Instant.ofEpochSecond(1_790_000_000));
    assertThat(Objects.requireNonNull(declined.echo()).contradictions(Attempts.attempt().order()))
        .containsExactly(
            "key ACME-A1001-2 instead of ACME-A1001-1", "live mode true instead of false");
  }

  @Test
  void whatWasReceivedCountsAndNotWhatWasAsked() {
    server.thenReply(
        200, SUCCEEDED.replace("\"amount_received\":1999", "\"amount_received\":1998"));
    assertThat(((Approved) charge()).echo().contradictions(Attempts.attempt().order()))
        .containsExactly("amount 19.98 USD instead of 19.99 USD");
  }

  @Test
  void anAmountThatStripeCannotBeAskedForIsNotSent() {
    var attempt = Attempts.of(Attempts.order("1.234", "KWD", "cus_9", "pm_7"), "?");
    assertThat(Said.of(stripe.charge(attempt, () -> true))).isEqualTo("OrderRefused amount");
    assertThat(server.connections()).isZero();
  }

  @Test
  void theKeyIsInNoReplysText() {
    server.thenReply(401, "{\"error\":{\"message\":\"Invalid API Key provided: sk_test_SECRET\"}}");
    assertThat(charge().toString()).doesNotContain("SECRET").contains("***");
    assertThat(stripe.toString()).doesNotContain("SECRET");
  }
}
