package billing.gateway.stripe;

import billing.gateway.Answer.Reply;
import billing.gateway.Wording;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Conflict;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Duplicate;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotCharged.Proof;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Unknown;
import java.util.Optional;
import java.util.Set;

/**
 * What a reply to "create and confirm" proves. Follows Stripe's "Error handling", "Advanced error
 * handling" and "Idempotent requests"; what they leave open is unknown.
 */
final class ChargeReplies {

  private static final Set<String> ORDER_CODES =
      Set.of("amount_too_small", "amount_too_large", "payment_method_currency_mismatch");

  /**
   * Parameters that differ from order to order: what is wrong with one of them is wrong with it.
   */
  private static final Set<String> ORDER_PARAMS =
      Set.of("amount", "currency", "customer", "payment_method", "description");

  /** States of an intent that go with a decline; with any other the reply contradicts itself. */
  private static final Set<String> AFTER_A_DECLINE =
      Set.of(
          "requires_payment_method",
          "requires_source",
          "requires_action",
          "requires_source_action",
          "canceled");

  private final Wording wording;

  ChargeReplies(Wording wording) {
    this.wording = wording;
  }

  /**
   * The intent that the reply speaks of without showing its present state: a reply marked as a
   * replay is history, "unexpected state" says only that an earlier call was first, and what was
   * refused for another reason than the order should have left no intent at all.
   */
  static Optional<String> history(Reply reply) {
    var error = StripeError.in(reply);
    var replayed = "true".equals(reply.header("Idempotent-Replayed"));
    var told =
        error
            .filter(e -> e.is("payment_intent_unexpected_state") || hidesAnIntent(reply, e))
            .isEmpty();
    if (!replayed && told) {
      return Optional.empty();
    }
    var intent = error.isPresent() ? error.map(StripeError::intent) : Json.object(reply.body());
    return intent.map(node -> Json.text(node, "id")).filter(Intent::isId);
  }

  /** Whether there is an intent of which the error's own class would say nothing. */
  private static boolean hidesAnIntent(Reply reply, StripeError error) {
    return switch (reply.status()) {
      case 400, 404 ->
          error.intent() != null
              && "invalid_request_error".equals(error.type())
              && !isAboutTheOrder(reply.status(), error);
      case 401, 403, 429 -> error.intent() != null;
      default -> false;
    };
  }

  /** What a reply that is no history proves. */
  GatewayReply read(Reply reply) {
    if (StripeError.in(reply).filter(error -> hidesAnIntent(reply, error)).isPresent()) {
      return new Unknown("refused, and yet with an intent that is not named", false);
    }
    return switch (reply.status()) {
      case 200 ->
          Json.object(reply.body())
              .flatMap(Intent::read)
              .map(intent -> intent.reply(wording))
              .orElseGet(() -> new Unknown("HTTP 200 without a payment intent", false));
      case 401, 403 -> new AccountRefused(refusal(reply));
      case 429 -> new NotCharged(wording.fit("throttled: " + refusal(reply)), Proof.THROTTLED);
      // "Treat the result of a 500 as indeterminate": stored, and rolled back or forward later.
      case 500 -> new Unknown("HTTP 500, which Stripe stores under the key", true);
      case 400, 402, 404 ->
          StripeError.in(reply)
              .map(error -> refused(reply.status(), error))
              .orElseGet(() -> unread(reply.status()));
      default -> unread(reply.status());
    };
  }

  private static Unknown unread(int status) {
    return new Unknown("HTTP " + status, false);
  }

  String refusal(Reply reply) {
    return StripeError.in(reply)
        .map(error -> wording.fit(error.name() + ": " + error.message()))
        .orElse("HTTP " + reply.status());
  }

  private GatewayReply refused(int status, StripeError error) {
    if (status == 402) {
      return "card_error".equals(error.type()) ? declined(error, error.hard()) : unread(402);
    }
    if ("idempotency_error".equals(error.type())) {
      return new Conflict(wording.fit(error.message()));
    }
    if (!"invalid_request_error".equals(error.type())) {
      return unread(status);
    }
    if (error.is("payment_intent_unexpected_state")) {
      return new Unknown("the intent is in another state, and is not named", false);
    }
    var text = wording.fit(error.name() + ": " + error.message());
    return isAboutTheOrder(status, error) ? orderRefused(error, text) : new AccountRefused(text);
  }

  /**
   * A detached card is refused without code and parameter, in words alone: so what names neither is
   * the order's, lest one card stop everybody's night. Many in a row are the account's after all.
   */
  private static boolean isAboutTheOrder(int status, StripeError error) {
    return (error.code() != null && ORDER_CODES.contains(error.code()))
        || (error.param() != null && ORDER_PARAMS.contains(error.param()))
        || (error.param() == null && error.says("PaymentMethod"))
        || (status == 400 && error.code() == null && error.param() == null);
  }

  /** With an intent left behind it is a decline, whose door must be closed before the no. */
  private GatewayReply orderRefused(StripeError error, String text) {
    var closed =
        Optional.ofNullable(error.intent())
            .flatMap(Intent::read)
            .filter(intent -> intent.status().equals("canceled"));
    return error.intent() == null || closed.isPresent()
        ? new OrderRefused(wording.fit(error.name()), text)
        : declined(error, true);
  }

  private GatewayReply declined(StripeError error, boolean hard) {
    var text = wording.fit(error.text());
    if (error.is("duplicate_transaction")) {
      return new Duplicate(text); // the issuer saw such a charge just now: ours, perhaps
    }
    var code = wording.fit(error.name());
    var intent = Optional.ofNullable(error.intent()).flatMap(Intent::read);
    if (error.intent() == null) {
      return new Declined(code, text, hard, null, null, null);
    }
    if (intent.isEmpty()) {
      return new Unknown("declined, with an intent that cannot be read", false);
    }
    var found = intent.get();
    if (!AFTER_A_DECLINE.contains(found.status())) {
      return new Unknown(wording.fit("declined, yet its intent is " + found.status()), false);
    }
    var door = found.status().equals("canceled") ? null : found.id();
    var echo = error.intent().has("metadata") ? found.echo() : null;
    return new Declined(code, text, hard, door, echo, found.decidedAt());
  }
}
