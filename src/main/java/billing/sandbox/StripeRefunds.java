package billing.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Stripe's refunds: made, and listed by intent or charge. */
final class StripeRefunds {

  private record Refund(String intent, Merchant merchant, Map<String, @Nullable Object> object) {}

  private final Ledger ledger;
  private final Ids ids;
  private final List<Refund> refunds = new CopyOnWriteArrayList<>();

  StripeRefunds(Ledger ledger, Ids ids) {
    this.ledger = ledger;
    this.ids = ids;
  }

  Reply create(Call call, Merchant merchant) {
    var form = call.request().form();
    var intent = form.get("payment_intent");
    var id = intent == null ? form.get("charge") : intent;
    if (id == null) {
      throw StripeAmounts.required("payment_intent");
    }
    var charge =
        ledger
            .find(id)
            .filter(c -> c.merchant().equals(merchant) && c.state() == Charge.State.APPROVED)
            .orElseThrow(() -> StripeError.missing(400, "payment_intent", "payment_intent", id));
    if (!charge.standing()) {
      throw StripeError.invalid(
          "charge_already_refunded", "charge", "Charge " + charge.id() + " is refunded already.");
    }
    var minor = minor(form, charge);
    if (ledger.refund(charge.id(), minor) == null) {
      throw StripeError.invalid(null, "amount", "Refund amount is greater than what is left.");
    }
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("id", ids.of("re"));
    object.put("object", "refund");
    object.put("amount", StripeAmounts.wire(minor, charge.amount().currency()));
    object.put("charge", charge.id());
    object.put("created", ledger.now().getEpochSecond());
    object.put("currency", charge.amount().currency().code().toLowerCase(java.util.Locale.ROOT));
    object.put("metadata", form.under("metadata"));
    object.put("payment_intent", charge.transactionId());
    object.put("reason", form.get("reason"));
    object.put("status", "succeeded");
    refunds.add(new Refund(charge.transactionId(), merchant, object));
    return StripeObjects.reply(200, object);
  }

  private static long minor(Form form, Charge charge) {
    if (form.get("amount") == null) {
      return charge.amount().minor() - charge.reversedMinor();
    }
    return StripeAmounts.money(form.get("amount"), charge.amount().currency().code()).minor();
  }

  Reply list(Call call, Merchant merchant) {
    var intent = call.request().query().get("payment_intent");
    var found = new ArrayList<Map<String, @Nullable Object>>();
    for (var refund : refunds.reversed()) {
      if (refund.merchant().equals(merchant)
          && (intent == null || intent.equals(refund.intent()))) {
        found.add(refund.object());
      }
    }
    return StripeObjects.reply(200, StripeObjects.page("/v1/refunds", false, found));
  }
}
