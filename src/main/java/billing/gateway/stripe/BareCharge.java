package billing.gateway.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A charge that was made without a PaymentIntent, as the Charges API makes it (API reference, "The
 * Charge object"): never by us. It is told as the intent that would have made it, under its own id.
 */
final class BareCharge {

  /** What both have; of the metadata nothing, since no key in them would be ours. */
  private static final List<String> SAME =
      List.of("id", "amount", "currency", "customer", "payment_method", "livemode", "created");

  private BareCharge() {}

  /** Every id of an intent begins like that; those of charges differ ({@code ch_}, {@code py_}). */
  static boolean isItsId(String id) {
    return !id.startsWith("pi_");
  }

  /** The intent that the charge is of, as it is written out with it, or would be of. */
  static JsonNode intent(JsonNode charge) {
    var intent = charge.path("payment_intent");
    return intent.isNull() ? told(charge) : intent;
  }

  private static JsonNode told(JsonNode charge) {
    var intent = JsonNodeFactory.instance.objectNode();
    SAME.forEach(name -> copy(charge, name, intent, name));
    copy(charge, "amount_captured", intent, "amount_received");
    if (!intent.hasNonNull("payment_method")) {
      copy(charge, "source", intent, "payment_method");
    }
    intent.put("status", status(charge));
    if (charge.hasNonNull("failure_code")) {
      var error = intent.putObject("last_payment_error");
      Map.of("failure_code", "code", "failure_message", "message")
          .forEach((name, as) -> copy(charge, name, error, as));
    }
    return intent.set("latest_charge", charge);
  }

  private static void copy(JsonNode from, String name, ObjectNode to, String as) {
    if (from.has(name)) {
      to.set(as, from.path(name));
    }
  }

  /** Null where the charge does not say. */
  private static @Nullable String status(JsonNode charge) {
    var captured = Json.flag(charge, "captured");
    return switch (Json.text(charge, "status")) {
      case "succeeded" -> captured == null ? null : captured ? "succeeded" : authorized(charge);
      case "pending" -> "processing";
      case "failed" -> "canceled";
      case null -> null;
      case String word -> word;
    };
  }

  /** What is let go, or was held too long, counts as given back. */
  private static String authorized(JsonNode charge) {
    return charge.path("refunded").booleanValue() ? "canceled" : "requires_capture";
  }
}
