package billing.gateway.stripe;

import billing.gateway.Wording;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Closed;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Processing;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Reversed.Extent;
import billing.model.GatewayReply.Undecided;
import billing.model.GatewayReply.Unknown;
import billing.model.Money;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PaymentIntent as a reply shows it. It makes at most one successful charge in its life, and its
 * {@code status} says where it stands (API reference, "The PaymentIntent object").
 *
 * @param failure why its latest try failed; null where none did
 * @param reversed that its charge was refunded, how much of it, and that it is disputed; null where
 *     neither
 * @param decidedAt when its charge was made, else when it was created; UTC
 */
record Intent(
    String id,
    String status,
    Echo echo,
    @Nullable StripeError failure,
    @Nullable GivenBack reversed,
    @Nullable Instant decidedAt) {

  /** What became of the money of its charge, and that in words. */
  private record GivenBack(Extent extent, String how) {}

  /** We ask for cards only, which take minutes; after a week a person should look. */
  private static final Duration SETTLING = Duration.ofDays(7);

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_]{1,128}");

  /**
   * The intent, or empty where the node is none, its amount is no amount of money, or it tells in a
   * form that we do not know when it was made or what was given back.
   */
  static Optional<Intent> read(JsonNode node) {
    var id = Json.text(node, "id");
    var status = Json.text(node, "status");
    if (id == null || status == null || !isId(id) || isOdd(node)) {
      return Optional.empty();
    }
    var wire = wireAmount(node, status);
    var currency = Json.text(node, "currency");
    var amount =
        wire == null || currency == null
            ? Optional.<Money>empty()
            : WireAmount.read(wire, currency);
    var told = node.has("amount") || node.has("currency");
    var charge = node.path("latest_charge");
    if ((told && amount.isEmpty()) || isOdd(node, charge)) {
      return Optional.empty();
    }
    var charged = Json.time(charge, "created");
    var failure = node.path("last_payment_error");
    return Optional.of(
        new Intent(
            id,
            status,
            echo(node, amount.orElse(null)),
            failure.isObject() ? StripeError.of(failure) : null,
            reversed(charge, currency),
            charged == null ? Json.time(node, "created") : charged));
  }

  /** A field that is there in another form than Stripe's must not count as one that is not. */
  private static boolean isOdd(JsonNode node) {
    var live = node.path("livemode");
    return !(live.isMissingNode() || live.isNull() || live.isBoolean())
        || Stream.of("customer", "payment_method")
            .anyMatch(field -> node.hasNonNull(field) && Json.id(node, field) == null);
  }

  /** Whether the text can be the id of an intent, and so a part of an address. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  private static @Nullable Long wireAmount(JsonNode node, String status) {
    var field = status.equals("succeeded") && node.has("amount_received");
    return Json.number(node, field ? "amount_received" : "amount");
  }

  /** What the node tells of the intent, its amount as it was understood. */
  static Echo echo(JsonNode node, @Nullable Money amount) {
    var metadata = node.path("metadata");
    return new Echo(
        Json.text(metadata, "charge_key"),
        amount,
        Json.id(node, "customer"),
        Json.id(node, "payment_method"),
        null,
        Json.flag(node, "livemode"),
        Json.text(metadata, "invoice_id"),
        Json.text(metadata, "installation"));
  }

  private static boolean isOdd(JsonNode node, JsonNode charge) {
    return Json.isOdd(node, "created", Json.time(node, "created"))
        || Json.isOdd(charge, "created", Json.time(charge, "created"))
        || Json.isOdd(charge, "amount_refunded", Json.number(charge, "amount_refunded"))
        || Json.isOdd(charge, "amount_captured", Json.number(charge, "amount_captured"))
        || Json.isOdd(charge, "refunded", Json.flag(charge, "refunded"))
        || Json.isOdd(charge, "disputed", Json.flag(charge, "disputed"));
  }

  private static @Nullable GivenBack reversed(JsonNode charge, @Nullable String currency) {
    var refunded = refunded(charge, currency);
    var all = charge.path("refunded").booleanValue();
    if (!charge.path("disputed").booleanValue()) {
      return refunded == null ? null : new GivenBack(all ? Extent.ALL : Extent.PART, refunded);
    }
    return refunded == null
        ? new GivenBack(Extent.DISPUTED, "disputed")
        : new GivenBack(all ? Extent.ALL : Extent.DISPUTED, refunded + " and disputed");
  }

  private static @Nullable String refunded(JsonNode charge, @Nullable String currency) {
    if (charge.path("refunded").booleanValue()) {
      return "refunded";
    }
    var back = Json.number(charge, "amount_refunded");
    if (back == null || back <= neverTaken(charge)) {
      return null;
    }
    back -= neverTaken(charge);
    var amount = currency == null ? Optional.empty() : WireAmount.read(back, currency);
    return amount.map(money -> "refunded by " + money).orElse("refunded in part");
  }

  /** What was authorized and not captured: Stripe counts it as given back. */
  private static long neverTaken(JsonNode charge) {
    var held = Json.number(charge, "amount");
    var taken = Json.number(charge, "amount_captured");
    return held == null || taken == null || taken > held ? 0 : held - taken;
  }

  /** What a retrieved intent proves: only a charge that is shown tells that it still stands. */
  static GatewayReply reply(JsonNode retrieved, Intent intent, Wording wording) {
    return intent.status.equals("succeeded") && !retrieved.path("latest_charge").isObject()
        ? new Unknown("charged, and its charge is not shown", false, true)
        : intent.reply(wording);
  }

  /** What it proves. */
  GatewayReply reply(Wording wording) {
    return switch (status) {
      case "succeeded" -> charged();
      case "processing" ->
          decidedAt == null
              ? new Unknown("processing since nobody knows when", false, true)
              : new Processing(id, echo, decidedAt.plus(SETTLING));
      // Could complete later, if the customer still approves it.
      case "requires_action", "requires_source_action" ->
          new Declined(
              "authentication_required",
              "The customer must approve this payment.",
              true,
              id,
              echo,
              decidedAt);
      case "requires_payment_method", "requires_source" ->
          failure == null ? new Undecided(id, echo) : declined(failure, id, wording);
      case "requires_confirmation" -> new Undecided(id, echo);
      case "requires_capture" -> new Undecided(id, echo, decidedAt);
      // Cancelled after it was declined: still a decline, with nothing left to close.
      case "canceled" -> failure == null ? new Closed(id) : declined(failure, null, wording);
      default -> new Unknown(wording.fit("an intent in status " + status), false, true);
    };
  }

  private GatewayReply charged() {
    if (echo.amount() == null) {
      return new Unknown("charged, and nobody says how much", false, true);
    }
    return reversed == null
        ? new Approved(id, echo, decidedAt)
        : new Reversed(id, echo, reversed.extent(), reversed.how());
  }

  private Declined declined(StripeError why, @Nullable String openDoor, Wording wording) {
    return new Declined(
        wording.fit(why.name()), wording.fit(why.text()), why.hard(), openDoor, echo, decidedAt);
  }
}
