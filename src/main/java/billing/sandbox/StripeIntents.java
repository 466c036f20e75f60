package billing.sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Stripe's PaymentIntents: created, confirmed, cancelled, retrieved, listed. */
final class StripeIntents {

  /** Which metadata names the invoice, in this order. */
  private static final List<String> INVOICE = List.of("invoice_id", "invoice", "order_id");

  private static final List<String> OPEN =
      List.of("requires_payment_method", "requires_confirmation", "requires_action");

  private static final String AUTHORIZED = "requires_capture";

  private final Ledger ledger;
  private final Faults faults;
  private final StripeObjects objects;
  private final Ids ids;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, StripeIntent> byId = new HashMap<>();
  private final List<String> inOrder = new ArrayList<>();
  private final Map<String, List<String>> byCustomer = new HashMap<>();

  StripeIntents(Ledger ledger, Faults faults, StripeObjects objects, Ids ids) {
    this.ledger = ledger;
    this.faults = faults;
    this.objects = objects;
    this.ids = ids;
  }

  Reply create(Call call, Merchant merchant, Fault fault) {
    var form = call.request().form();
    StripeParameters.check(form);
    var amount = StripeAmounts.money(form.get("amount"), form.get("currency"));
    var customer = form.get("customer");
    if (customer != null) {
      StripeMethods.requireCustomer(customer);
    }
    var method = form.get("payment_method");
    if (method != null) {
      StripeMethods.requireMethod(method);
    }
    if (!form.is("confirm") && form.get("off_session") != null) {
      throw StripeError.invalid(
          null, "off_session", "You can only set `off_session` when `confirm` is true.");
    }
    if (form.is("confirm") && method == null) {
      throw StripeAmounts.required("payment_method");
    }
    lock.lock();
    try {
      var intent =
          new StripeIntent(
              inOrder.size(),
              ids.of("pi"),
              merchant,
              ledger.now(),
              amount,
              call.request().header("idempotency-key"),
              customer,
              method,
              form.get("description"),
              form.under("metadata"),
              form.get("capture_method", "").equals("manual"),
              false,
              null,
              null,
              null);
      inOrder.add(intent.id());
      byId.put(intent.id(), intent);
      byCustomer
          .computeIfAbsent(customer == null ? "" : customer, c -> new ArrayList<>())
          .add(intent.id());
      return form.is("confirm") && method != null
          ? confirm(intent, method, call, fault)
          : answer(intent, form);
    } finally {
      lock.unlock();
    }
  }

  Reply confirm(String id, Call call, Merchant merchant, Fault fault) {
    var form = call.request().form();
    var named = form.get("payment_method");
    if (named != null) {
      StripeMethods.requireMethod(named);
    }
    lock.lock();
    try {
      var intent = mine(id, merchant);
      if (!OPEN.contains(objects.status(intent))) {
        throw unexpected(intent, "confirm");
      }
      var method = named == null ? intent.method() : named;
      if (method == null) {
        throw StripeAmounts.required("payment_method");
      }
      return confirm(intent, method, call, fault);
    } finally {
      lock.unlock();
    }
  }

  /** The one place where Stripe's door takes money. */
  private Reply confirm(StripeIntent intent, String method, Call call, Fault fault) {
    var form = call.request().form();
    if (StripeMethods.needsCustomer(method) && !form.is("off_session")) {
      var waiting = put(intent.confirmed(method, true, null));
      return answer(waiting, form);
    }
    var outcome = outcome(method, fault);
    var state =
        intent.manual() && outcome.state() == Charge.State.APPROVED
            ? Charge.State.AUTHORIZED
            : outcome.state();
    var now = ledger.now();
    var charge =
        new Charge(
            ids.of("ch"),
            intent.id(),
            intent.merchant(),
            "stripe",
            call.request().header("idempotency-key"),
            invoice(intent.metadata(), intent.key() == null ? intent.id() : intent.key()),
            intent.amount(),
            intent.customer(),
            method,
            state,
            code(outcome),
            outcome.message(),
            0,
            false,
            false,
            now,
            now,
            intent.metadata());
    ledger.add(charge);
    if (outcome.state() != Charge.State.DECLINED) {
      return answer(put(intent.confirmed(method, false, charge.id())), form);
    }
    var declined = put(intent.confirmed(null, false, charge.id()));
    return StripeObjects.error(
        StripeObjects.declined(charge).and("payment_intent", objects.intent(declined, false)));
  }

  static StripeMethods.Outcome outcome(String method, Fault fault) {
    if (fault.kind() == Fault.Kind.DECLINE) {
      return StripeMethods.Outcome.NO_FUNDS;
    }
    if (fault.kind() == Fault.Kind.DUPLICATE) {
      return StripeMethods.Outcome.DUPLICATE;
    }
    return fault.kind() == Fault.Kind.HELD
        ? StripeMethods.Outcome.HELD
        : StripeMethods.outcome(method);
  }

  static String code(StripeMethods.Outcome outcome) {
    if (outcome.code() == null) {
      return outcome.state() == Charge.State.HELD ? "processing" : "succeeded";
    }
    return outcome.code().equals(outcome.declineCode())
        ? outcome.code()
        : outcome.code() + "/" + outcome.declineCode();
  }

  /** The invoice that the metadata name. */
  static String invoice(Map<String, String> metadata, String otherwise) {
    for (var name : INVOICE) {
      var value = metadata.get(name);
      if (value != null) {
        return value;
      }
    }
    return otherwise;
  }

  Reply cancel(String id, Call call, Merchant merchant) {
    var form = call.request().form();
    lock.lock();
    try {
      var intent = mine(id, merchant);
      var status = objects.status(intent);
      if (!OPEN.contains(status) && !status.equals(AUTHORIZED)) {
        throw unexpected(intent, "cancel");
      }
      if (status.equals(AUTHORIZED)) {
        ledger.voided(id);
      }
      var canceled = put(intent.canceled(ledger.now(), form.get("cancellation_reason")));
      return answer(canceled, form);
    } finally {
      lock.unlock();
    }
  }

  /** The whole amount or a part of it, once. */
  Reply capture(String id, Call call, Merchant merchant) {
    lock.lock();
    try {
      var intent = mine(id, merchant);
      if (!objects.status(intent).equals(AUTHORIZED)) {
        throw unexpected(intent, "capture");
      }
      var form = call.request().form();
      ledger.captured(id, StripeAmounts.toCapture(form, "amount_to_capture", intent.amount()));
      return answer(intent, form);
    } finally {
      lock.unlock();
    }
  }

  Reply get(String id, Call call, Merchant merchant) {
    lock.lock();
    try {
      return answer(mine(id, merchant), call.request().query());
    } finally {
      lock.unlock();
    }
  }

  private StripeIntent put(StripeIntent intent) {
    byId.put(intent.id(), intent);
    return intent;
  }

  private Reply answer(StripeIntent intent, Form asked) {
    return StripeObjects.reply(
        200, objects.intent(intent, asked.under("expand").containsValue("latest_charge")));
  }

  private StripeIntent mine(String id, Merchant merchant) {
    var intent = byId.get(id);
    if (intent == null || !intent.merchant().equals(merchant)) {
      throw StripeError.missing(404, "intent", "payment_intent", id);
    }
    return intent;
  }

  private StripeError unexpected(StripeIntent intent, String what) {
    return new StripeError(
            400,
            "invalid_request_error",
            "payment_intent_unexpected_state",
            "You cannot "
                + what
                + " this PaymentIntent because it has a status of "
                + objects.status(intent)
                + ".")
        .and("payment_intent", objects.intent(intent, false));
  }

  /** Null where there is none of that id. */
  @Nullable Map<String, @Nullable Object> object(String id, boolean expand) {
    lock.lock();
    try {
      var intent = byId.get(id);
      return intent == null ? null : objects.intent(intent, expand);
    } finally {
      lock.unlock();
    }
  }

  /** Newest first; what is younger than the lag is not there yet. */
  Reply list(Call call, Merchant merchant, Fault fault) {
    var query = call.request().query();
    var customer = query.get("customer");
    var filter = StripeListing.lagging(query, ledger.now(), fault, faults.weather());
    lock.lock();
    try {
      var among = customer == null ? inOrder : byCustomer.getOrDefault(customer, List.of());
      var after = filter.after() == null ? null : mine(filter.after(), merchant);
      var page = new ArrayList<Map<String, @Nullable Object>>();
      var more = false;
      for (int i = among.size() - 1; i >= 0 && !more; i--) {
        var intent = byId.get(among.get(i));
        if (intent == null
            || !intent.merchant().equals(merchant)
            || (after != null && intent.number() >= after.number())
            || !filter.shows(intent.created())) {
          continue;
        }
        more = page.size() == filter.limit();
        if (!more) {
          page.add(objects.intent(intent, filter.expands("data.latest_charge")));
        }
      }
      return StripeObjects.reply(200, StripeObjects.page("/v1/payment_intents", more, page));
    } finally {
      lock.unlock();
    }
  }
}
