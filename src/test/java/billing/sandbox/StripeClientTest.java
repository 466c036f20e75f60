package billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.StripeClient;
import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.Event;
import com.stripe.model.PaymentIntent;
import com.stripe.net.RequestOptions;
import com.stripe.param.ChargeCaptureParams;
import com.stripe.param.ChargeCreateParams;
import com.stripe.param.ChargeListParams;
import com.stripe.param.DisputeListParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.PaymentIntentCaptureParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stripe's own client library talks to our door and finds what it knows. */
@Timeout(30)
class StripeClientTest {

  private final MovableClock clock = new MovableClock();
  private final Sandbox sandbox =
      Sandbox.start(
          SandboxSettings.DEFAULT
              .withClock(clock)
              .withOtherKeys(Set.of("sk_test_other", "sk_live_other"))
              .withWeather(Weather.parse("lag=0s")));
  private final StripeClient stripe = client("sk_test_sandbox");

  @AfterEach
  void close() {
    sandbox.close();
  }

  private StripeClient client(String key) {
    return StripeClient.builder()
        .setApiKey(key)
        .setApiBase(sandbox.stripeUrl().toString())
        .setMaxNetworkRetries(0)
        .build();
  }

  private static PaymentIntentCreateParams.Builder order(String method) {
    return PaymentIntentCreateParams.builder()
        .setAmount(1999L)
        .setCurrency("usd")
        .setCustomer("cus_9")
        .setPaymentMethod(method)
        .setDescription("Order A-1001")
        .addPaymentMethodType("card")
        .putMetadata("invoice_id", "A-1001")
        .putMetadata("charge_key", "SHOP-1001-1")
        .addExpand("latest_charge");
  }

  private static PaymentIntentCreateParams now(String method) {
    return order(method).setConfirm(true).setOffSession(true).build();
  }

  private static RequestOptions key(String key) {
    return RequestOptions.builder().setIdempotencyKey(key).build();
  }

  private PaymentIntent charge(String key) throws StripeException {
    return stripe.v1().paymentIntents().create(now("pm_card_visa"), key(key));
  }

  @Test
  void createsAndConfirmsInOneCall() throws StripeException {
    var intent = charge("SHOP-1001-1");

    assertThat(intent.getId()).startsWith("pi_");
    assertThat(intent.getStatus()).isEqualTo("succeeded");
    assertThat(intent.getAmountReceived()).isEqualTo(1999);
    assertThat(intent.getCurrency()).isEqualTo("usd");
    assertThat(intent.getCustomer()).isEqualTo("cus_9");
    assertThat(intent.getPaymentMethod()).isEqualTo("pm_card_visa");
    assertThat(intent.getMetadata()).containsEntry("charge_key", "SHOP-1001-1");
    assertThat(intent.getLivemode()).isFalse();
    assertThat(intent.getLatestChargeObject().getPaid()).isTrue();
    assertThat(intent.getLastResponse().requestId()).startsWith("req_");
    var charges = sandbox.ledger().underKey("SHOP-1001-1");
    assertThat(charges).hasSize(1);
    assertThat(charges.getFirst().invoice()).isEqualTo("A-1001");
    assertThat(charges.getFirst().transactionId()).isEqualTo(intent.getId());
    assertThat(charges.getFirst().amount()).hasToString("19.99 USD");
    assertThat(sandbox.ledger().standingByInvoice()).containsEntry("A-1001", 1).hasSize(1);
  }

  @Test
  void createsFirstAndConfirmsLater() throws StripeException {
    var created = stripe.v1().paymentIntents().create(order("pm_card_visa").build());
    assertThat(created.getStatus()).isEqualTo("requires_confirmation");
    assertThat(sandbox.ledger().charges()).isEmpty();

    var confirm = PaymentIntentConfirmParams.builder().setOffSession(true).build();
    var confirmed = stripe.v1().paymentIntents().confirm(created.getId(), confirm);

    assertThat(confirmed.getStatus()).isEqualTo("succeeded");
    var again =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> stripe.v1().paymentIntents().confirm(created.getId(), confirm));
    assertThat(again.getCode()).isEqualTo("payment_intent_unexpected_state");
    assertThat(again.getStripeError().getPaymentIntent().getStatus()).isEqualTo("succeeded");
    assertThat(sandbox.ledger().standing()).hasSize(1);
  }

  @Test
  void declinesWithTheIntentInTheError() throws StripeException {
    var declined =
        catchThrowableOfType(
            CardException.class,
            () ->
                stripe
                    .v1()
                    .paymentIntents()
                    .create(now("pm_card_visa_chargeDeclinedInsufficientFunds"), key("K-1")));

    assertThat(declined.getStatusCode()).isEqualTo(402);
    assertThat(declined.getCode()).isEqualTo("card_declined");
    assertThat(declined.getDeclineCode()).isEqualTo("insufficient_funds");
    assertThat(declined.getStripeError().getAdviceCode()).isEqualTo("try_again_later");
    var intent = declined.getStripeError().getPaymentIntent();
    assertThat(intent.getStatus()).isEqualTo("requires_payment_method");
    assertThat(intent.getLastPaymentError().getDeclineCode()).isEqualTo("insufficient_funds");
    assertThat(sandbox.ledger().standing()).isEmpty();

    var another = PaymentIntentConfirmParams.builder().setPaymentMethod("pm_1").build();
    var paid = stripe.v1().paymentIntents().confirm(intent.getId(), another);
    assertThat(paid.getStatus()).isEqualTo("succeeded");
  }

  @Test
  void declinesAbsentCustomersWhoseBankWantsThem() {
    var declined =
        catchThrowableOfType(
            CardException.class,
            () -> stripe.v1().paymentIntents().create(now("pm_card_authenticationRequired")));

    assertThat(declined.getCode()).isEqualTo("authentication_required");
  }

  @Test
  void asksPresentCustomersToAuthenticate() throws StripeException {
    var params = order("pm_card_threeDSecure2Required").setConfirm(true).build();

    var intent = stripe.v1().paymentIntents().create(params);

    assertThat(intent.getStatus()).isEqualTo("requires_action");
    assertThat(sandbox.ledger().charges()).isEmpty();
  }

  @Test
  void keepsProcessingWhatIsDecidedLater() throws StripeException {
    var intent =
        stripe.v1().paymentIntents().create(now("pm_usBankAccount_processing"), key("K-1"));
    assertThat(intent.getStatus()).isEqualTo("processing");
    assertThat(sandbox.ledger().standing()).isEmpty();

    assertThat(sandbox.ledger().decide(intent.getId(), true, "succeeded", "")).isTrue();

    assertThat(stripe.v1().paymentIntents().retrieve(intent.getId()).getStatus())
        .isEqualTo("succeeded");
    assertThat(sandbox.ledger().standing()).hasSize(1);
  }

  @Test
  void retrievesWhatWasCreated() throws StripeException {
    var created = charge("K-1");
    var expand = PaymentIntentRetrieveParams.builder().addExpand("latest_charge").build();

    var found = stripe.v1().paymentIntents().retrieve(created.getId(), expand);

    assertThat(found.getStatus()).isEqualTo("succeeded");
    assertThat(found.getLatestChargeObject().getId()).isEqualTo(created.getLatestCharge());
    var missing =
        catchThrowableOfType(
            InvalidRequestException.class, () -> stripe.v1().paymentIntents().retrieve("pi_none"));
    assertThat(missing.getStatusCode()).isEqualTo(404);
    assertThat(missing.getCode()).isEqualTo("resource_missing");
  }

  @Test
  void listsPageByPageNewestFirst() throws StripeException {
    var ids = new ArrayList<String>();
    for (int i = 0; i < 7; i++) {
      ids.addFirst(charge("K-" + i).getId());
    }
    stripe.v1().paymentIntents().create(order("pm_1").setCustomer("cus_other").build());
    var since =
        PaymentIntentListParams.Created.builder()
            .setGte(clock.instant().getEpochSecond() - 60)
            .build();
    var params =
        PaymentIntentListParams.builder()
            .setCustomer("cus_9")
            .setCreated(since)
            .setLimit(3L)
            .build();

    var first = stripe.v1().paymentIntents().list(params);
    assertThat(first.getData()).extracting(PaymentIntent::getId).isEqualTo(ids.subList(0, 3));
    assertThat(first.getHasMore()).isTrue();

    var all = new ArrayList<String>();
    stripe.v1().paymentIntents().list(params).autoPagingIterable().forEach(i -> all.add(i.getId()));
    assertThat(all).isEqualTo(ids);
  }

  @Test
  void listsNothingFromBeforeTheTimeAskedFor() throws StripeException {
    charge("K-1");
    clock.advance(Duration.ofHours(1));
    var late = charge("K-2");
    var since =
        PaymentIntentListParams.Created.builder()
            .setGte(clock.instant().getEpochSecond() - 60)
            .build();

    var list =
        stripe
            .v1()
            .paymentIntents()
            .list(PaymentIntentListParams.builder().setCreated(since).build());

    assertThat(list.getData()).extracting(PaymentIntent::getId).containsExactly(late.getId());
  }

  @Test
  void cancelsWhatIsNotCharged() throws StripeException {
    var created = stripe.v1().paymentIntents().create(order("pm_card_visa").build());
    var why =
        PaymentIntentCancelParams.builder()
            .setCancellationReason(PaymentIntentCancelParams.CancellationReason.ABANDONED)
            .build();

    var canceled = stripe.v1().paymentIntents().cancel(created.getId(), why);

    assertThat(canceled.getStatus()).isEqualTo("canceled");
    assertThat(canceled.getCancellationReason()).isEqualTo("abandoned");
    var charged = charge("K-1");
    var refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> stripe.v1().paymentIntents().cancel(charged.getId()));
    assertThat(refused.getCode()).isEqualTo("payment_intent_unexpected_state");
  }

  @Test
  void capturesOrCancelsWhatIsAuthorized() throws StripeException {
    var manual =
        order("pm_card_visa")
            .setConfirm(true)
            .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
            .build();
    var one = stripe.v1().paymentIntents().create(manual);
    var other = stripe.v1().paymentIntents().create(manual);
    assertThat(one.getStatus()).isEqualTo("requires_capture");
    assertThat(one.getAmountCapturable()).isEqualTo(one.getAmount());
    assertThat(one.getAmountReceived()).isZero();
    assertThat(sandbox.ledger().standing()).isEmpty();

    var captured = stripe.v1().paymentIntents().capture(one.getId());
    var canceled = stripe.v1().paymentIntents().cancel(other.getId());

    assertThat(captured.getStatus()).isEqualTo("succeeded");
    assertThat(captured.getAmountReceived()).isEqualTo(captured.getAmount());
    assertThat(canceled.getStatus()).isEqualTo("canceled");
    assertThat(sandbox.ledger().standing()).hasSize(1);
    assertThat(
            catchThrowableOfType(
                    InvalidRequestException.class,
                    () -> stripe.v1().paymentIntents().capture(one.getId()))
                .getCode())
        .isEqualTo("payment_intent_unexpected_state");
  }

  @Test
  void replaysTheFirstAnswerUnderTheSameKey() throws StripeException {
    var first = charge("K-1");
    sandbox.ledger().reverse(first.getId());

    var again = charge("K-1");

    assertThat(again.getId()).isEqualTo(first.getId());
    assertThat(again.getLastResponse().headers().firstValue("Idempotent-Replayed"))
        .hasValue("true");
    assertThat(again.getLastResponse().headers().firstValue("Original-Request"))
        .hasValue(first.getLastResponse().requestId());
    assertThat(again.getLatestChargeObject().getRefunded()).as("history").isFalse();
    assertThat(sandbox.ledger().charges()).hasSize(1);
  }

  @Test
  void replaysADeclineToo() {
    var params = now("pm_card_chargeDeclined");
    for (int i = 0; i < 2; i++) {
      var declined =
          catchThrowableOfType(
              CardException.class, () -> stripe.v1().paymentIntents().create(params, key("K-1")));
      assertThat(declined.getDeclineCode()).isEqualTo("generic_decline");
    }
    assertThat(sandbox.ledger().charges()).hasSize(1);
  }

  @Test
  void refusesAKeyWithOtherParametersOrAtAnotherEndpoint() throws StripeException {
    var intent = charge("K-1");

    var other =
        catchThrowableOfType(
            IdempotencyException.class,
            () -> stripe.v1().paymentIntents().create(now("pm_other"), key("K-1")));
    assertThat(other.getStatusCode()).isEqualTo(400);
    var elsewhere =
        catchThrowableOfType(
            IdempotencyException.class,
            () ->
                stripe
                    .v1()
                    .paymentIntents()
                    .confirm(
                        intent.getId(), PaymentIntentConfirmParams.builder().build(), key("K-1")));
    assertThat(elsewhere.getStatusCode()).isEqualTo(400);
    assertThat(sandbox.ledger().charges()).hasSize(1);
  }

  @Test
  void forgetsAKeyAfterADayAndChargesAgain() throws StripeException {
    var first = charge("K-1");
    clock.advance(Duration.ofHours(24).minusMinutes(1));
    assertThat(charge("K-1").getId()).isEqualTo(first.getId());

    clock.advance(Duration.ofMinutes(2));

    assertThat(charge("K-1").getId()).isNotEqualTo(first.getId());
    assertThat(sandbox.ledger().doubles()).containsOnlyKeys("A-1001");
  }

  @Test
  void forgetsAKeyWhenItsLifeIsOver() throws StripeException {
    sandbox.faults().weather(Weather.parse("lag=0s,key-life=2s"));
    var first = charge("K-1");
    assertThat(charge("K-1").getId()).isEqualTo(first.getId());

    clock.advance(Duration.ofSeconds(3));

    assertThat(charge("K-1").getId()).isNotEqualTo(first.getId());
  }

  @Test
  void forgetsKeysAtOnceWhenTold() throws StripeException {
    sandbox.faults().weather(Weather.parse("lag=0s,idempotency=off"));
    charge("K-1");
    charge("K-1");

    assertThat(sandbox.ledger().doubles().get("A-1001")).hasSize(2);
  }

  @Test
  void keepsNoKeyForARequestThatFailsValidation() throws StripeException {
    var tooSmall =
        order("pm_card_visa").setConfirm(true).setOffSession(true).setAmount(49L).build();
    var refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> stripe.v1().paymentIntents().create(tooSmall, key("K-1")));
    assertThat(refused.getCode()).isEqualTo("amount_too_small");

    assertThat(charge("K-1").getStatus()).isEqualTo("succeeded");
  }

  @Test
  void answersConflictWhileTheFirstRequestRuns() throws Exception {
    sandbox.faults().weather(Weather.parse("lag=0s,latency=700ms"));
    var first = new FutureTask<>(() -> charge("K-1"));
    Thread.startVirtualThread(first);
    Thread.sleep(250);

    var second = catchThrowableOfType(ApiException.class, () -> charge("K-1"));
    assertThat(second.getStatusCode()).isEqualTo(409);
    assertThat(second.getCode()).isEqualTo("idempotency_key_in_use");
    assertThat(first.get().getStatus()).isEqualTo("succeeded");
    assertThat(sandbox.ledger().charges()).hasSize(1);
  }

  @Test
  void refusesAmountsThatStripeDoesNotTake() {
    assertThat(refusal(order("pm_1").setAmount(100_000_000L))).isEqualTo("amount_too_large");
    assertThat(refusal(order("pm_1").setCurrency("jpy").setAmount(49L)))
        .isEqualTo("amount_too_small");
    assertThat(refusal(order("pm_1").setCurrency("isk").setAmount(12_345L)))
        .isEqualTo("parameter_invalid_integer");
    assertThat(refusal(order("pm_1").setCurrency("kwd").setAmount(12_345L)))
        .isEqualTo("parameter_invalid_integer");
    assertThat(refusal(order("pm_missing"))).isEqualTo("resource_missing");
    assertThat(refusal(order("pm_card_unheardOf"))).isEqualTo("resource_missing");
    assertThat(refusal(order("pm_1").setCustomer("cus_missing"))).isEqualTo("resource_missing");
  }

  private String refusal(PaymentIntentCreateParams.Builder params) {
    return catchThrowableOfType(
            InvalidRequestException.class,
            () -> stripe.v1().paymentIntents().create(params.build()))
        .getCode();
  }

  @Test
  void readsAmountsByStripesOwnTable() throws StripeException {
    stripe
        .v1()
        .paymentIntents()
        .create(
            order("pm_1").setCurrency("jpy").setAmount(500L).setConfirm(true).build(), key("JPY"));
    stripe
        .v1()
        .paymentIntents()
        .create(
            order("pm_1").setCurrency("isk").setAmount(50_000L).setConfirm(true).build(),
            key("ISK"));
    stripe
        .v1()
        .paymentIntents()
        .create(
            order("pm_1").setCurrency("kwd").setAmount(1230L).setConfirm(true).build(), key("KWD"));

    assertThat(sandbox.ledger().underKey("JPY").getFirst().amount()).hasToString("500 JPY");
    assertThat(sandbox.ledger().underKey("ISK").getFirst().amount()).hasToString("500 ISK");
    assertThat(sandbox.ledger().underKey("KWD").getFirst().amount()).hasToString("1.230 KWD");
  }

  @Test
  void letsNobodyInWithoutTheRightKey() {
    assertThat(
            catchThrowableOfType(
                    AuthenticationException.class,
                    () -> client("sk_test_wrong").v1().paymentIntents().list())
                .getStatusCode())
        .isEqualTo(401);
    assertThat(
            catchThrowableOfType(
                    PermissionException.class,
                    () -> client("rk_test_1").v1().paymentIntents().list())
                .getStatusCode())
        .isEqualTo(403);
  }

  @Test
  void keepsAccountsAndModesApart() throws StripeException {
    var mine = charge("K-1");
    var other = client("sk_test_other");
    var live = client("sk_live_other");

    assertThat(other.v1().paymentIntents().list().getData()).isEmpty();
    assertThat(live.v1().paymentIntents().create(now("pm_1"), key("K-1")).getLivemode()).isTrue();
    assertThat(stripe.v1().accounts().retrieveCurrent().getId())
        .startsWith("acct_")
        .isNotEqualTo(other.v1().accounts().retrieveCurrent().getId());
    assertThat(stripe.v1().paymentIntents().list().getData())
        .extracting(PaymentIntent::getId)
        .containsExactly(mine.getId());
  }

  @Test
  void throttlesOverTheRate() throws StripeException {
    sandbox.faults().weather(Weather.parse("lag=0s,rate=1"));
    var refused =
        catchThrowableOfType(
            RateLimitException.class,
            () -> {
              for (int i = 0; i < 5; i++) {
                charge("K-" + i);
              }
            });

    assertThat(refused.getStatusCode()).isEqualTo(429);
  }

  @Test
  void refundsAPartAndThenTheRest() throws StripeException {
    var intent = charge("K-1");
    var part =
        RefundCreateParams.builder().setPaymentIntent(intent.getId()).setAmount(999L).build();
    var rest = RefundCreateParams.builder().setPaymentIntent(intent.getId()).build();

    assertThat(stripe.v1().refunds().create(part).getStatus()).isEqualTo("succeeded");
    assertThat(sandbox.ledger().standing()).hasSize(1);
    assertThat(stripe.v1().refunds().create(rest).getAmount()).isEqualTo(1000);

    assertThat(sandbox.ledger().standing()).isEmpty();
    var once =
        catchThrowableOfType(
            InvalidRequestException.class, () -> stripe.v1().refunds().create(rest));
    assertThat(once.getCode()).isEqualTo("charge_already_refunded");
    var list = RefundListParams.builder().setPaymentIntent(intent.getId()).build();
    assertThat(stripe.v1().refunds().list(list).getData()).hasSize(2);
    var expand = PaymentIntentRetrieveParams.builder().addExpand("latest_charge").build();
    var found = stripe.v1().paymentIntents().retrieve(intent.getId(), expand);
    assertThat(found.getLatestChargeObject().getRefunded()).isTrue();
    assertThat(found.getLatestChargeObject().getAmountRefunded()).isEqualTo(1999);
  }

  private Charge withoutIntent(boolean capture) throws StripeException {
    var create =
        ChargeCreateParams.builder()
            .setAmount(1999L)
            .setCurrency("usd")
            .setCustomer("cus_9")
            .setSource("card_7")
            .setCapture(capture)
            .putMetadata("order_id", "A-7")
            .build();
    return stripe.v1().charges().create(create);
  }

  @Test
  void chargesWithoutAnIntent() throws StripeException {
    var made = withoutIntent(true);

    var found = stripe.v1().charges().retrieve(made.getId());
    assertThat(found.getId()).startsWith("ch_");
    assertThat(found.getPaymentIntent()).isNull();
    assertThat(found.getPaymentMethod()).isEqualTo("card_7");
    assertThat(found.getSource().getId()).isEqualTo("card_7");
    assertThat(found.getCustomer()).isEqualTo("cus_9");
    assertThat(found.getStatus()).isEqualTo("succeeded");
    assertThat(found.getCaptured()).isTrue();
    assertThat(sandbox.ledger().standingByInvoice()).containsEntry("A-7", 1).hasSize(1);

    var refund = RefundCreateParams.builder().setCharge(made.getId()).setAmount(400L).build();
    assertThat(stripe.v1().refunds().create(refund).getPaymentIntent()).isNull();
    var refunds = RefundListParams.builder().addExpand("data.charge").build();
    var listed = stripe.v1().refunds().list(refunds).getData().getFirst();
    assertThat(listed.getChargeObject().getAmountRefunded()).isEqualTo(400);
    assertThat(listed.getPaymentIntent()).isNull();
  }

  @Test
  void capturesAChargeThatWasOnlyAuthorized() throws StripeException {
    var held = withoutIntent(false);
    assertThat(held.getPaid()).isTrue();
    assertThat(held.getCaptured()).isFalse();
    assertThat(sandbox.ledger().standing()).isEmpty();

    assertThat(stripe.v1().charges().capture(held.getId()).getCaptured()).isTrue();

    assertThat(sandbox.ledger().standing()).hasSize(1);
    var twice =
        catchThrowableOfType(
            InvalidRequestException.class, () -> stripe.v1().charges().capture(held.getId()));
    assertThat(twice.getCode()).isEqualTo("charge_already_captured");
  }

  @Test
  void takesAPartOfWhatIsAuthorizedAndFilesTheRestAsARefund() throws StripeException {
    var manual =
        order("pm_card_visa")
            .setConfirm(true)
            .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
            .build();
    var part = PaymentIntentCaptureParams.builder();
    var held = stripe.v1().paymentIntents().create(manual).getId();
    var tooMuch =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                stripe.v1().paymentIntents().capture(held, part.setAmountToCapture(2000L).build()));
    assertThat(tooMuch.getCode()).isEqualTo("amount_too_large");
    var capture = part.setAmountToCapture(1500L).addExpand("latest_charge").build();

    var captured = stripe.v1().paymentIntents().capture(held, capture);

    assertThat(captured.getAmount()).isEqualTo(1999);
    assertThat(captured.getAmountReceived()).isEqualTo(1500);
    assertThat(captured.getLatestChargeObject())
        .extracting(
            Charge::getAmount,
            Charge::getAmountCaptured,
            Charge::getAmountRefunded,
            Charge::getRefunded)
        .containsExactly(1999L, 1500L, 499L, false);
    assertThat(stripe.v1().refunds().list().getData())
        .singleElement()
        .satisfies(refund -> assertThat(refund.getAmount()).isEqualTo(499));
    var bare = withoutIntent(false).getId();
    var of = ChargeCaptureParams.builder();
    assertThat(
            catchThrowableOfType(
                    InvalidRequestException.class,
                    () -> stripe.v1().charges().capture(bare, of.setAmount(2000L).build()))
                .getCode())
        .isEqualTo("amount_too_large");
    assertThat(stripe.v1().charges().capture(bare, of.setAmount(1500L).build()))
        .extracting(Charge::getAmount, Charge::getAmountCaptured)
        .containsExactly(1999L, 1500L);
    sandbox.ledger().reverse(bare);
    assertThat(stripe.v1().charges().retrieve(bare))
        .extracting(Charge::getAmountRefunded, Charge::getRefunded)
        .containsExactly(1999L, true);
  }

  @Test
  void listsAnEventOfEachCaptureWithTheChargeAsItWasThen() throws StripeException {
    charge("K-1");
    var manual =
        order("pm_card_visa")
            .setConfirm(true)
            .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
            .build();
    var intent = stripe.v1().paymentIntents().create(manual);
    var bare = withoutIntent(false);
    clock.advance(Duration.ofDays(3));
    var from = clock.instant().getEpochSecond();
    var since = EventListParams.Created.builder().setGte(from).build();
    var list =
        EventListParams.builder().setType("charge.captured").setCreated(since).setLimit(1L).build();
    assertThat(stripe.v1().events().list(list).getData()).isEmpty();
    stripe.v1().paymentIntents().capture(intent.getId());
    stripe.v1().charges().capture(bare.getId());
    assertThat(sandbox.ledger().reverse(intent.getId())).isTrue();
    assertThat(sandbox.ledger().dispute(bare.getId())).isTrue();

    var page = stripe.v1().events().list(list);

    assertThat(page.getHasMore()).isTrue();
    var all = new ArrayList<Event>();
    page.autoPagingIterable().forEach(all::add);
    assertThat(all).extracting(Event::getType).containsOnly("charge.captured");
    assertThat(all).allMatch(event -> event.getCreated() >= from);
    var charges = new ArrayList<Charge>();
    for (var event : all) {
      charges.add((Charge) event.getDataObjectDeserializer().deserializeUnsafe());
    }
    assertThat(charges)
        .extracting(Charge::getId)
        .containsExactly(bare.getId(), intent.getLatestCharge());
    assertThat(charges).extracting(Charge::getPaymentIntent).containsExactly(null, intent.getId());
    assertThat(charges).extracting(Charge::getAmountCaptured).containsOnly(1999L);
    assertThat(charges).extracting(Charge::getRefunded).containsOnly(false);
    assertThat(charges).extracting(Charge::getDisputed).containsOnly(false);
    var others = EventListParams.builder().setType("charge.refunded").build();
    assertThat(stripe.v1().events().list(others).getData()).isEmpty();
    assertThat(client("sk_test_other").v1().events().list(list).getData()).isEmpty();
    clock.advance(Duration.ofDays(30).plusSeconds(1));
    assertThat(stripe.v1().events().list().getData()).isEmpty();
  }

  @Test
  void aDeclinedChargeIsACardErrorAndStaysInTheList() throws StripeException {
    var create =
        ChargeCreateParams.builder()
            .setAmount(1999L)
            .setCurrency("usd")
            .setSource("pm_card_visa_chargeDeclined")
            .build();

    var declined =
        catchThrowableOfType(CardException.class, () -> stripe.v1().charges().create(create));

    assertThat(declined.getCode()).isEqualTo("card_declined");
    var failed = stripe.v1().charges().retrieve(declined.getCharge());
    assertThat(failed.getStatus()).isEqualTo("failed");
    assertThat(failed.getFailureCode()).isEqualTo("card_declined/generic_decline");
  }

  @Test
  void listsChargesByTheirOwnTimeWithTheirIntents() throws StripeException {
    var intent = stripe.v1().paymentIntents().create(order("pm_card_visa").build());
    clock.advance(Duration.ofDays(7));
    var from = clock.instant().getEpochSecond();
    var bare = withoutIntent(true);
    var confirm = PaymentIntentConfirmParams.builder().setOffSession(true).build();
    var charge = stripe.v1().paymentIntents().confirm(intent.getId(), confirm).getLatestCharge();
    var since = ChargeListParams.Created.builder().setGte(from).build();
    var list =
        ChargeListParams.builder()
            .setCreated(since)
            .setLimit(1L)
            .addExpand("data.payment_intent.latest_charge")
            .build();

    var page = stripe.v1().charges().list(list);

    assertThat(page.getHasMore()).isTrue();
    var newest = page.getData().getFirst();
    assertThat(newest.getId()).isEqualTo(charge);
    assertThat(newest.getPaymentIntentObject().getCreated()).isLessThan(from);
    assertThat(newest.getPaymentIntentObject().getLatestChargeObject().getId()).isEqualTo(charge);
    var all = new ArrayList<String>();
    page.autoPagingIterable().forEach(one -> all.add(one.getId()));
    assertThat(all).containsExactly(charge, bare.getId());
    var ofIntent = ChargeListParams.builder().setPaymentIntent(intent.getId()).build();
    assertThat(stripe.v1().charges().list(ofIntent).getData()).hasSize(1);
    var none =
        catchThrowableOfType(
            InvalidRequestException.class, () -> stripe.v1().charges().retrieve("ch_none"));
    assertThat(none.getCode()).isEqualTo("resource_missing");
    assertThat(none.getParam()).isEqualTo("id");
    assertThat(client("sk_test_other").v1().charges().list(list).getData()).isEmpty();
  }

  @Test
  void listsRefundsAndDisputesWithTheirIntents() throws StripeException {
    var refunded = charge("K-1");
    var disputed = charge("K-2");
    sandbox.ledger().reverse(refunded.getId());
    sandbox.ledger().dispute(disputed.getId());
    var expand = "data.payment_intent.latest_charge";

    var refunds = stripe.v1().refunds().list(RefundListParams.builder().addExpand(expand).build());
    var disputes =
        stripe.v1().disputes().list(DisputeListParams.builder().addExpand(expand).build());

    var refund = refunds.getData().getFirst();
    assertThat(refund.getAmount()).isEqualTo(1999);
    assertThat(refund.getPaymentIntentObject().getLatestChargeObject().getRefunded()).isTrue();
    var dispute = disputes.getData().getFirst();
    assertThat(dispute.getPaymentIntent()).isEqualTo(disputed.getId());
    assertThat(dispute.getPaymentIntentObject().getLatestChargeObject().getDisputed()).isTrue();
    assertThat(refunds.getData()).hasSize(1);
    assertThat(disputes.getData()).hasSize(1);
  }

  @Test
  void showsNewIntentsInListsOnlyAfterTheLag() throws StripeException {
    sandbox.faults().weather(Weather.parse("lag=1h"));
    var intent = charge("K-1");

    assertThat(stripe.v1().paymentIntents().list().getData()).isEmpty();
    assertThat(stripe.v1().paymentIntents().retrieve(intent.getId()).getStatus())
        .as("by its id at once")
        .isEqualTo("succeeded");
    clock.advance(Duration.ofHours(1));
    assertThat(stripe.v1().paymentIntents().list().getData()).hasSize(1);
  }
}
