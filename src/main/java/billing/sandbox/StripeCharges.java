package billing.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's Charges: those that its intents made, and those that were made without one, as scripts
 * did before there were intents.
 */
final class StripeCharges {

  private static final String INTENT = "payment_intent";

  private final Ledger ledger;
  private final Faults faults;
  private final StripeObjects objects;
  private final StripeIntents intents;
  private final Ids ids;

  StripeCharges(
      Ledger ledger, Faults faults, StripeObjects objects, StripeIntents intents, Ids ids) {
    this.ledger = ledger;
    this.faults = faults;
    this.objects = objects;
    this.intents = intents;
    this.ids = ids;
  }

  /** A charge without an intent. */
  Reply create(Call call, Merchant merchant, Fault fault) {
    var form = call.request().form();
    var amount = StripeAmounts.money(form.get("amount"), form.get("currency"));
    var customer = form.get("customer");
    if (customer != null) {
      StripeMethods.requireCustomer(customer);
    }
    var source = form.get("source");
    if (source == null) {
      throw StripeAmounts.required("source");
    }
    StripeMethods.requireMethod(source);
    var outcome = StripeIntents.outcome(source, fault);
    var held = "false".equals(form.get("capture")) && outcome.state() == Charge.State.APPROVED;
    var id = ids.of("ch");
    var key = call.request().header("idempotency-key");
    var metadata = form.under("metadata");
    var now = ledger.now();
    var charge =
        new Charge(
            id,
            id,
            merchant,
            "stripe",
            key,
            StripeIntents.invoice(metadata, key == null ? id : key),
            amount,
            customer,
            source,
            held ? Charge.State.AUTHORIZED : outcome.state(),
            StripeIntents.code(outcome),
            outcome.message(),
            0,
            false,
            false,
            now,
            now,
            metadata);
    ledger.add(charge);
    return charge.state() == Charge.State.DECLINED
        ? StripeObjects.error(StripeObjects.declined(charge))
        : StripeObjects.reply(200, objects.charge(charge));
  }

  /** One that was made without an intent: the whole amount or a part of it, once. */
  Reply capture(String id, Call call, Merchant merchant) {
    var charge = mine(id, merchant);
    var amount = StripeAmounts.toCapture(call.request().form(), "amount", charge.amount());
    var captured = StripeObjects.hasIntent(charge) ? null : ledger.captured(id, amount);
    if (captured == null) {
      throw StripeError.invalid(
          "charge_already_captured", "charge", "Charge " + id + " has already been captured.");
    }
    return StripeObjects.reply(200, objects.charge(captured));
  }

  Reply get(String id, Call call, Merchant merchant) {
    var expanded = call.request().query().under("expand");
    return StripeObjects.reply(200, written(mine(id, merchant), expanded, ""));
  }

  private Charge mine(String id, Merchant merchant) {
    return ledger
        .find(id)
        .filter(charge -> charge.id().equals(id) && isOf(charge, merchant))
        .orElseThrow(() -> StripeError.missing(404, "id", "charge", id));
  }

  static boolean isOf(Charge charge, Merchant merchant) {
    return charge.door().equals("stripe") && charge.merchant().equals(merchant);
  }

  /** Newest first; what is younger than the lag is not there yet. */
  Reply list(Call call, Merchant merchant, Fault fault) {
    var query = call.request().query();
    var filter = StripeListing.lagging(query, ledger.now(), fault, faults.weather());
    var page = new ArrayList<Map<String, @Nullable Object>>();
    var more = false;
    for (var charge : after(filter.after(), merchant)) {
      if (!more
          && filter.shows(charge.at())
          && is(charge.customer(), query.get("customer"))
          && is(charge.transactionId(), query.get(INTENT))) {
        more = page.size() == filter.limit();
        if (!more) {
          page.add(written(charge, query.under("expand"), "data."));
        }
      }
    }
    return StripeObjects.reply(200, StripeObjects.page("/v1/charges", more, page));
  }

  private static boolean is(@Nullable String value, @Nullable String wanted) {
    return wanted == null || wanted.equals(value);
  }

  /** The newest first, those below that one. */
  private List<Charge> after(@Nullable String id, Merchant merchant) {
    var below = id == null ? null : mine(id, merchant).id();
    return ledger.charges().stream()
        .takeWhile(charge -> !charge.id().equals(below))
        .filter(charge -> isOf(charge, merchant))
        .toList()
        .reversed();
  }

  private Map<String, @Nullable Object> written(
      Charge charge, Map<String, String> expanded, String at) {
    var object = objects.charge(charge);
    var withLatest = expanded.containsValue(at + INTENT + ".latest_charge");
    if (StripeObjects.hasIntent(charge) && (withLatest || expanded.containsValue(at + INTENT))) {
      object.put(INTENT, intents.object(charge.transactionId(), withLatest));
    }
    return object;
  }
}
