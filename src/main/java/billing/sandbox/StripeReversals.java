package billing.sandbox;

import billing.sandbox.GivenBack.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stripe's refunds, made and listed, and its disputes, listed. */
final class StripeReversals {

  private static final String INTENT = "data.payment_intent";
  private static final String LATEST = INTENT + ".latest_charge";
  private static final String CHARGE = "data.charge";

  private final Ledger ledger;
  private final Faults faults;
  private final StripeObjects objects;
  private final StripeIntents intents;

  StripeReversals(Ledger ledger, Faults faults, StripeObjects objects, StripeIntents intents) {
    this.ledger = ledger;
    this.faults = faults;
    this.objects = objects;
    this.intents = intents;
  }

  Reply refund(Call call, Merchant merchant) {
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
    var refund = ledger.refund(charge.id(), minor(form, charge));
    if (refund == null) {
      throw StripeError.invalid(null, "amount", "Refund amount is greater than what is left.");
    }
    var object = object(refund);
    object.put("metadata", form.under("metadata"));
    object.put("reason", form.get("reason"));
    return StripeObjects.reply(200, object);
  }

  private static long minor(Form form, Charge charge) {
    if (form.get("amount") == null) {
      return charge.amount().minor() - charge.reversedMinor();
    }
    return StripeAmounts.money(form.get("amount"), charge.amount().currency().code()).minor();
  }

  Reply list(Kind kind, Call call, Merchant merchant, Fault fault) {
    var query = call.request().query();
    var filter = StripeListing.lagging(query, ledger.now(), fault, faults.weather());
    var page = new ArrayList<Map<String, @Nullable Object>>();
    var more = false;
    for (var one : among(kind, query.get("payment_intent"), merchant, filter.after())) {
      if (!more && filter.shows(one.at())) {
        more = page.size() == filter.limit();
        if (!more) {
          page.add(expanded(one, filter));
        }
      }
    }
    var url = kind == Kind.REFUND ? "/v1/refunds" : "/v1/disputes";
    return StripeObjects.reply(200, StripeObjects.page(url, more, page));
  }

  /** The newest first, those after that id. */
  private List<GivenBack> among(
      Kind kind, @Nullable String intent, Merchant merchant, @Nullable String after) {
    var found = new ArrayList<GivenBack>();
    var all = ledger.givenBack();
    var below = Integer.MAX_VALUE;
    for (var one : all) {
      if (one.id().equals(after)) {
        below = one.number();
      }
    }
    for (var one : all.reversed()) {
      if (one.kind() == kind
          && one.number() < below
          && one.charge().merchant().equals(merchant)
          && one.charge().door().equals("stripe")
          && (intent == null || intent.equals(one.charge().transactionId()))) {
        found.add(one);
      }
    }
    return found;
  }

  private Map<String, @Nullable Object> expanded(GivenBack one, StripeListing filter) {
    var object = object(one);
    var withLatest = filter.expands(LATEST);
    if (withLatest || filter.expands(INTENT)) {
      object.put("payment_intent", intents.object(one.charge().transactionId(), withLatest));
    }
    if (filter.expands(CHARGE)) {
      ledger.find(one.charge().id()).ifPresent(now -> object.put("charge", objects.charge(now)));
    }
    return object;
  }

  private static Map<String, @Nullable Object> object(GivenBack one) {
    var charge = one.charge();
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("id", one.id());
    object.put("object", one.kind() == Kind.REFUND ? "refund" : "dispute");
    object.put("amount", StripeAmounts.wire(one.minor(), charge.amount().currency()));
    object.put("charge", charge.id());
    object.put("created", one.at().getEpochSecond());
    object.put("currency", charge.amount().currency().code().toLowerCase(Locale.ROOT));
    object.put("metadata", Map.of());
    object.put("payment_intent", StripeObjects.hasIntent(charge) ? charge.transactionId() : null);
    object.put("reason", one.kind() == Kind.REFUND ? null : "general");
    object.put("status", one.kind() == Kind.REFUND ? "succeeded" : "needs_response");
    return object;
  }
}
