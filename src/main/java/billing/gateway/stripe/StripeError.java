package billing.gateway.stripe;

import billing.gateway.Answer.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An {@code error} or {@code last_payment_error}. What is hard follows Stripe's "Decline codes" and
 * "Advice codes"; Stripe itself says what to do and not which is which, so the classes are ours.
 *
 * @param intent the {@code payment_intent} inside it, where there is one
 */
record StripeError(
    @Nullable String type,
    @Nullable String code,
    @Nullable String declineCode,
    @Nullable String adviceCode,
    @Nullable String param,
    @Nullable String message,
    @Nullable JsonNode intent) {

  /** Another try with the same card is forbidden, pointless, or needs the customer first. */
  private static final Set<String> HARD =
      Set.of(
          ("authentication_required card_not_supported currency_not_supported do_not_try_again"
                  + " expired_card fraudulent highest_risk_level incorrect_address incorrect_cvc"
                  + " incorrect_number incorrect_pin incorrect_zip invalid_account invalid_amount"
                  + " invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number"
                  + " invalid_pin lost_card merchant_blacklist new_account_information_available"
                  + " no_action_taken not_permitted offline_pin_required"
                  + " online_or_offline_pin_required pickup_card pin_try_exceeded restricted_card"
                  + " revocation_of_all_authorizations revocation_of_authorization"
                  + " security_violation service_not_allowed stolen_card stop_payment_order"
                  + " testmode_decline transaction_not_allowed")
              .split(" ", -1));

  /** The payer must not learn the reason: he may be the thief. */
  private static final Set<String> KEPT_FROM_THE_PAYER =
      Set.of(
          "fraudulent",
          "highest_risk_level",
          "lost_card",
          "merchant_blacklist",
          "pickup_card",
          "restricted_card",
          "security_violation",
          "stolen_card");

  /** The error that a reply's body is, or empty. */
  static Optional<StripeError> in(Reply reply) {
    return Json.object(reply.body())
        .map(root -> root.path("error"))
        .filter(JsonNode::isObject)
        .map(StripeError::of);
  }

  static StripeError of(JsonNode node) {
    var intent = node.path("payment_intent");
    return new StripeError(
        Json.text(node, "type"),
        Json.text(node, "code"),
        Json.text(node, "decline_code"),
        Json.text(node, "advice_code"),
        Json.text(node, "param"),
        Json.text(node, "message"),
        intent.isObject() ? intent : null);
  }

  boolean is(String wanted) {
    return wanted.equals(code) || wanted.equals(declineCode);
  }

  boolean says(String words) {
    return message != null && message.contains(words);
  }

  /** The most telling name of it. */
  String name() {
    if (declineCode != null) {
      return declineCode;
    }
    if (code != null) {
      return code;
    }
    return type == null ? "unknown" : type;
  }

  boolean hard() {
    if (is("authentication_required")) {
      return true;
    }
    return switch (adviceCode == null ? "" : adviceCode) {
      case "do_not_try_again", "confirm_card_data" -> true;
      case "try_again_later" -> false;
      default -> HARD.contains(name());
    };
  }

  /** In Stripe's words, where the payer may read them. */
  String text() {
    return message == null || KEPT_FROM_THE_PAYER.contains(name())
        ? "The card was declined."
        : message;
  }
}
