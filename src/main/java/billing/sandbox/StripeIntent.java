package billing.sandbox;

import billing.model.Money;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PaymentIntent. What became of its money stands in the ledger, under the charge that it names.
 *
 * @param number its place among all intents, from 0
 * @param key the idempotency key under which it was created
 * @param manual whether what is confirmed is only authorized
 * @param waits whether the customer has to authenticate
 */
record StripeIntent(
    int number,
    String id,
    Merchant merchant,
    Instant created,
    Money amount,
    @Nullable String key,
    @Nullable String customer,
    @Nullable String method,
    @Nullable String description,
    Map<String, String> metadata,
    boolean manual,
    boolean waits,
    @Nullable String charge,
    @Nullable Instant canceled,
    @Nullable String cancelReason) {

  StripeIntent confirmed(@Nullable String with, boolean asksCustomer, @Nullable String chargeId) {
    return new StripeIntent(
        number,
        id,
        merchant,
        created,
        amount,
        key,
        customer,
        with,
        description,
        metadata,
        manual,
        asksCustomer,
        chargeId,
        canceled,
        cancelReason);
  }

  StripeIntent canceled(Instant now, @Nullable String reason) {
    return new StripeIntent(
        number,
        id,
        merchant,
        created,
        amount,
        key,
        customer,
        method,
        description,
        metadata,
        manual,
        waits,
        charge,
        now,
        reason);
  }

  /** Stripe's word for where it stands, with its newest charge. */
  String status(@Nullable Charge latest) {
    if (canceled != null) {
      return "canceled";
    }
    if (waits) {
      return "requires_action";
    }
    if (latest == null) {
      return method == null ? "requires_payment_method" : "requires_confirmation";
    }
    return switch (latest.state()) {
      case APPROVED -> "succeeded";
      case HELD -> "processing";
      case AUTHORIZED -> "requires_capture";
      case DECLINED -> "requires_payment_method";
    };
  }
}
