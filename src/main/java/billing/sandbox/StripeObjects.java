package billing.sandbox;

import billing.model.Money;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stripe's objects as JSON, with the members that a client needs. */
final class StripeObjects {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Ledger ledger;

  StripeObjects(Ledger ledger) {
    this.ledger = ledger;
  }

  static Reply reply(int status, Map<String, @Nullable Object> object) {
    try {
      return Reply.json(status, JSON.writeValueAsString(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Reply error(StripeError error) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("error", error.members());
    return reply(error.status(), object);
  }

  @Nullable Charge latest(StripeIntent intent) {
    return intent.charge() == null ? null : ledger.find(intent.charge()).orElse(null);
  }

  String status(StripeIntent intent) {
    return intent.status(latest(intent));
  }

  /**
   * @param expand whether the latest charge is written out
   */
  Map<String, @Nullable Object> intent(StripeIntent intent, boolean expand) {
    var latest = latest(intent);
    var status = intent.status(latest);
    var wire = StripeAmounts.wire(intent.amount());
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("id", intent.id());
    object.put("object", "payment_intent");
    object.put("amount", wire);
    object.put("amount_capturable", status.equals("requires_capture") ? wire : 0);
    object.put(
        "amount_received",
        latest != null && status.equals("succeeded") ? StripeAmounts.wire(latest.amount()) : 0);
    object.put(
        "canceled_at", intent.canceled() == null ? null : intent.canceled().getEpochSecond());
    object.put("cancellation_reason", intent.cancelReason());
    object.put("capture_method", intent.manual() ? "manual" : "automatic");
    object.put("client_secret", intent.id() + "_secret_sandbox");
    object.put("confirmation_method", "automatic");
    object.put("created", intent.created().getEpochSecond());
    object.put("currency", lower(intent.amount().currency().code()));
    object.put("customer", intent.customer());
    object.put("description", intent.description());
    object.put("last_payment_error", latest == null ? null : lastError(latest));
    object.put("latest_charge", latest == null ? null : expand ? charge(latest) : latest.id());
    object.put("livemode", intent.merchant().live());
    object.put("metadata", intent.metadata());
    object.put("next_action", intent.waits() ? Map.of("type", "use_stripe_sdk") : null);
    object.put("payment_method", intent.method());
    object.put("payment_method_types", List.of("card"));
    object.put("status", status);
    return object;
  }

  Map<String, @Nullable Object> charge(Charge charge) {
    var approved = charge.state() == Charge.State.APPROVED;
    var authorized = charge.state() == Charge.State.AUTHORIZED;
    var held = held(charge);
    // What was not captured counts as given back.
    var back = charge.reversedMinor() + held.minor() - charge.amount().minor();
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("id", charge.id());
    object.put("object", "charge");
    object.put("amount", StripeAmounts.wire(held));
    object.put("amount_captured", approved ? StripeAmounts.wire(charge.amount()) : 0);
    object.put("amount_refunded", StripeAmounts.wire(back, held.currency()));
    object.put("captured", approved);
    object.put("created", charge.at().getEpochSecond());
    object.put("currency", lower(charge.amount().currency().code()));
    object.put("customer", charge.customer());
    object.put("disputed", ledger.disputed(charge.id()));
    object.put("failure_code", failure(charge, charge.code()));
    object.put("failure_message", failure(charge, charge.text()));
    object.put("livemode", charge.merchant().live());
    object.put("metadata", charge.wire());
    object.put(
        "outcome", Map.of("type", approved || authorized ? "authorized" : "issuer_declined"));
    object.put("paid", approved || authorized);
    object.put("payment_intent", hasIntent(charge) ? charge.transactionId() : null);
    object.put("payment_method", charge.card());
    object.put("refunded", charge.voided() || (approved && !charge.standing()));
    object.put("source", hasIntent(charge) ? null : source(charge));
    object.put(
        "status",
        switch (charge.state()) {
          case APPROVED, AUTHORIZED -> "succeeded";
          case HELD -> "pending";
          case DECLINED -> "failed";
        });
    return object;
  }

  /** What was authorized, of which it may have taken a part. */
  private Money held(Charge charge) {
    var capture = ledger.captureOf(charge.id());
    return capture == null ? charge.amount() : capture.authorized();
  }

  private static Map<String, String> source(Charge charge) {
    return Map.of("id", charge.card(), "object", "card");
  }

  /** One without is called by its own id. */
  static boolean hasIntent(Charge charge) {
    return !charge.transactionId().equals(charge.id());
  }

  private static @Nullable String failure(Charge charge, String text) {
    return charge.state() == Charge.State.DECLINED ? text : null;
  }

  private static @Nullable Map<String, @Nullable Object> lastError(Charge charge) {
    return charge.state() == Charge.State.DECLINED ? declined(charge).members() : null;
  }

  /** The error of a declined charge, without the intent that it concerns. */
  static StripeError declined(Charge charge) {
    var parts = charge.code().split("/", -1);
    var error = new StripeError(402, "card_error", parts[0], charge.text());
    var declineCode = parts[parts.length - 1];
    error.and("decline_code", declineCode);
    var advice = StripeMethods.advice(declineCode);
    if (advice != null) {
      error.and("advice_code", advice);
    }
    return error
        .and("charge", charge.id())
        .and("payment_method", Map.of("id", charge.card(), "object", "payment_method"));
  }

  /** One page of a list. */
  static Map<String, @Nullable Object> page(String url, boolean more, List<?> data) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("object", "list");
    object.put("url", url);
    object.put("has_more", more);
    object.put("data", data);
    return object;
  }

  private static String lower(String code) {
    return code.toLowerCase(Locale.ROOT);
  }
}
