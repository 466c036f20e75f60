package billing.sandbox;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a charge, by its payment method.
 *
 * <p>The published test tokens decide as at Stripe ({@code pm_card_visa}, {@code
 * pm_card_chargeDeclinedInsufficientFunds}, ...); a number may follow, {@code
 * pm_card_visa_chargeDeclined_17}, to tell many customers' cards apart. {@code
 * pm_usBankAccount_processing} stays in processing. Every other well-formed {@code pm_...} or
 * {@code card_...} is approved, but {@code pm_missing...} and {@code cus_missing...} do not exist,
 * and {@code pm_detached...} was taken from its customer. Unlike at Stripe, where a test token
 * becomes a method with an id of its own, the token is given back as it came.
 */
final class StripeMethods {

  /**
   * @param code null for an approval
   */
  record Outcome(
      Charge.State state, @Nullable String code, @Nullable String declineCode, String message) {

    static final Outcome APPROVED =
        new Outcome(Charge.State.APPROVED, null, null, "Payment complete.");
    static final Outcome HELD = new Outcome(Charge.State.HELD, null, null, "Payment processing.");
    static final Outcome NO_FUNDS =
        declined("insufficient_funds", "Your card has insufficient funds.");
    static final Outcome DUPLICATE =
        declined(
            "duplicate_transaction",
            "A transaction with identical"
                + " amount and credit card information was submitted very recently.");

    private static Outcome declined(String declineCode, String message) {
      return new Outcome(Charge.State.DECLINED, "card_declined", declineCode, message);
    }

    private static Outcome failed(String code, String message) {
      return new Outcome(Charge.State.DECLINED, code, code, message);
    }
  }

  private static final Set<String> GOOD =
      Set.of(
          "visa",
          "visa_debit",
          "mastercard",
          "mastercard_debit",
          "mastercard_prepaid",
          "amex",
          "discover",
          "diners",
          "jcb",
          "unionpay",
          "us",
          "gb",
          "de",
          "fr",
          "bypassPending");

  private static final Map<String, Outcome> BAD =
      Map.ofEntries(
          Map.entry("chargeDeclined", generic()),
          Map.entry("chargeCustomerFail", generic()),
          Map.entry("chargeDeclinedInsufficientFunds", Outcome.NO_FUNDS),
          Map.entry(
              "chargeDeclinedLostCard", Outcome.declined("lost_card", "Your card was declined.")),
          Map.entry(
              "chargeDeclinedStolenCard",
              Outcome.declined("stolen_card", "Your card was declined.")),
          Map.entry(
              "chargeDeclinedFraudulent",
              Outcome.declined("fraudulent", "Your card was declined.")),
          Map.entry(
              "chargeDeclinedVelocityLimitExceeded",
              Outcome.declined("card_velocity_exceeded", "Your card was declined.")),
          Map.entry(
              "chargeDeclinedExpiredCard",
              Outcome.failed("expired_card", "Your card has expired.")),
          Map.entry(
              "chargeDeclinedIncorrectCvc",
              Outcome.failed("incorrect_cvc", "Your card's security code is incorrect.")),
          Map.entry(
              "chargeDeclinedProcessingError",
              Outcome.failed(
                  "processing_error",
                  "An error occurred while processing your card. Try again in a little bit.")),
          Map.entry("authenticationRequired", authentication()),
          Map.entry("threeDSecure2Required", authentication()),
          Map.entry("threeDSecureRequired", authentication()));

  private static final Pattern NUMBERED = Pattern.compile("_\\d+$");
  private static final Pattern METHOD = Pattern.compile("(pm|card)_[A-Za-z0-9_]+");
  private static final Pattern CUSTOMER = Pattern.compile("cus_[A-Za-z0-9_]+");

  private StripeMethods() {}

  private static Outcome generic() {
    return Outcome.declined("generic_decline", "Your card was declined.");
  }

  private static Outcome authentication() {
    return Outcome.failed(
        "authentication_required",
        "Your card was declined. This transaction requires authentication.");
  }

  /** Stripe's advice on a declined charge, where it gives one. */
  static @Nullable String advice(String declineCode) {
    return switch (declineCode) {
      case "lost_card", "stolen_card", "fraudulent", "duplicate_transaction" -> "do_not_try_again";
      case "expired_card", "incorrect_cvc" -> "confirm_card_data";
      case "authentication_required" -> null;
      default -> "try_again_later";
    };
  }

  static void requireCustomer(String id) {
    if (!CUSTOMER.matcher(id).matches() || id.startsWith("cus_missing")) {
      throw StripeError.missing(400, "customer", "customer", id);
    }
  }

  static void requireMethod(String id) {
    if (!METHOD.matcher(id).matches()
        || id.startsWith("pm_missing")
        || (id.startsWith("pm_card_") && !isPublished(id))) {
      throw StripeError.missing(400, "payment_method", "PaymentMethod", id);
    }
    if (id.startsWith("pm_detached")) {
      throw new StripeError(
          400,
          "invalid_request_error",
          null,
          "The provided PaymentMethod was previously used with a PaymentIntent without Customer"
              + " attachment, shared with a connected account without Customer attachment, or was"
              + " detached from a Customer. It may not be used again. To use a PaymentMethod"
              + " multiple times, you must attach it to a Customer first.");
    }
  }

  private static boolean isPublished(String id) {
    return GOOD.contains(card(id)) || BAD.containsKey(card(id));
  }

  /** Whether the customer has to be there, and only an on-session payment can wait for that. */
  static boolean needsCustomer(String id) {
    return authentication().equals(BAD.get(card(id)));
  }

  static Outcome outcome(String id) {
    if (NUMBERED.matcher(id).replaceFirst("").equals("pm_usBankAccount_processing")) {
      return Outcome.HELD;
    }
    return BAD.getOrDefault(card(id), Outcome.APPROVED);
  }

  /** The token's own part: both spellings of the list, without a number at the end. */
  private static String card(String id) {
    var name = NUMBERED.matcher(id).replaceFirst("");
    if (!name.startsWith("pm_card_")) {
      return "";
    }
    name = name.substring("pm_card_".length());
    return name.startsWith("visa_charge") ? name.substring("visa_".length()) : name;
  }
}
