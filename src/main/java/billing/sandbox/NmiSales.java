package billing.sandbox;

import billing.model.Currency;
import billing.model.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * NMI's payments (its documentation, "Payment API"): sale, auth, capture, void, refund; and the
 * duplicate check.
 */
final class NmiSales {

  private static final long LONGEST_WINDOW = 7_862_400;
  private static final BigDecimal SMALLEST = BigDecimal.ONE;
  private static final Set<String> SECRET = Set.of("security_key", "username", "password");

  private record Look(String account, String card, Money amount, String orderId) {}

  private final Ledger ledger;
  private final Faults faults;
  private final Ids ids;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Look, Instant> completed = new HashMap<>();

  NmiSales(Ledger ledger, Faults faults, Ids ids) {
    this.ledger = ledger;
    this.faults = faults;
    this.ids = ids;
  }

  NmiReply sale(Form form, Merchant merchant, Fault fault) {
    var card = form.get("customer_vault_id", "");
    if (!NmiVault.knows(card)) {
      return refused(form, "Invalid Customer Vault Id REFID:" + ids.number());
    }
    var amount = amount(form);
    if (amount.isEmpty()) {
      return refused(form, "Invalid amount REFID:" + ids.number());
    }
    var window = window(form);
    if (window == null) {
      return refused(form, "Invalid dup_seconds REFID:" + ids.number());
    }
    var separate = faults.weather().duplicateOrderId() ? orderId(form) : "";
    var look = new Look(merchant.id(), card, amount.get(), separate);
    lock.lock();
    try {
      var now = ledger.now();
      var before = completed.get(look);
      if (before != null && before.plus(window).isAfter(now)) {
        return refused(form, "Duplicate transaction REFID:" + ids.number());
      }
      var charge = charge(form, merchant, card, amount.get(), fault, now);
      if (charge.state() != Charge.State.DECLINED) {
        completed.put(look, now);
      }
      ledger.add(charge);
      return switch (charge.state()) {
        case APPROVED, AUTHORIZED -> NmiReply.approved(charge, form.get("type", ""));
        case DECLINED -> NmiReply.declined(charge);
        case HELD ->
            new NmiReply(
                3,
                charge.text(),
                "",
                charge.transactionId(),
                orderId(form),
                "sale",
                charge.code(),
                null);
      };
    } finally {
      lock.unlock();
    }
  }

  private static NmiReply refused(Form form, String text) {
    return NmiReply.error("300", text, orderId(form), form.get("type", ""));
  }

  private static String orderId(Form form) {
    return form.get("orderid", "");
  }

  private static Optional<Money> amount(Form form) {
    var currency = Currency.of(form.get("currency", "USD"));
    try {
      var major = new BigDecimal(form.get("amount", ""));
      return currency.filter(c -> major.signum() > 0).flatMap(c -> Money.exactly(major, c));
    } catch (NumberFormatException notDecimal) {
      return Optional.empty();
    }
  }

  /** The window of this request; null where it asks for none that there is. */
  private @Nullable Duration window(Form form) {
    var asked = form.get("dup_seconds");
    if (asked == null || !faults.weather().duplicateOverride()) {
      return faults.weather().duplicateWindow();
    }
    try {
      var seconds = Long.parseLong(asked);
      return seconds < 0 || seconds > LONGEST_WINDOW ? null : Duration.ofSeconds(seconds);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private Charge charge(
      Form form, Merchant merchant, String card, Money amount, Fault fault, Instant now) {
    var code = code(card, amount, fault);
    var state = Charge.State.APPROVED;
    if (fault.kind() == Fault.Kind.HELD || NmiVault.holds(card)) {
      state = Charge.State.HELD;
    } else if (!code.equals("100")) {
      state = Charge.State.DECLINED;
    } else if (form.get("type", "").equals("auth")) {
      state = Charge.State.AUTHORIZED;
    }
    var wire = new LinkedHashMap<>(form.fields());
    wire.keySet().removeAll(SECRET);
    var id = ids.number();
    var key = form.get("orderid");
    return new Charge(
        id,
        id,
        merchant,
        "nmi",
        key,
        invoice(form, key == null ? id : key),
        amount,
        card,
        card,
        state,
        state == Charge.State.HELD ? "420" : code,
        switch (state) {
          case APPROVED, AUTHORIZED -> "SUCCESS";
          case DECLINED -> NmiVault.text(code);
          case HELD -> "Communication error";
        },
        0,
        false,
        false,
        now,
        now,
        wire);
  }

  private static String code(String card, Money amount, Fault fault) {
    if (fault.kind() == Fault.Kind.DECLINE) {
      return "202";
    }
    if (fault.kind() == Fault.Kind.DUPLICATE) {
      return "430";
    }
    var refusal = NmiVault.refusal(card);
    if (refusal != null) {
      return refusal;
    }
    return amount.major().compareTo(SMALLEST) < 0 ? "200" : "100";
  }

  private static String invoice(Form form, String otherwise) {
    return form.get("ponumber", otherwise);
  }

  /** Without an amount, or with 0.00, the whole. */
  NmiReply capture(Form form, Merchant merchant) {
    var id = form.get("transactionid", "");
    var charge = mine(id, merchant);
    if (charge.isEmpty()) {
      return refused(form, "Invalid Transaction ID specified REFID:" + ids.number());
    }
    var held = charge.get().amount();
    var minor = part(form, held.currency(), held.minor());
    var captured = minor <= 0 ? null : ledger.captured(id, new Money(minor, held.currency()));
    return captured == null
        ? refused(form, "The specified amount exceeds the authorized one REFID:" + ids.number())
        : NmiReply.done("SUCCESS", captured, id, "capture");
  }

  NmiReply voided(Form form, Merchant merchant) {
    var id = form.get("transactionid", "");
    if (mine(id, merchant).isEmpty()) {
      return refused(form, "Invalid Transaction ID specified REFID:" + ids.number());
    }
    var voided = ledger.voided(id);
    if (voided == null) {
      return refused(
          form, "Only transactions pending settlement can be voided REFID:" + ids.number());
    }
    return NmiReply.done("Transaction Void Successful", voided, id, "void");
  }

  NmiReply refund(Form form, Merchant merchant) {
    var id = form.get("transactionid", "");
    var charge = mine(id, merchant);
    if (charge.isEmpty()) {
      return refused(form, "Invalid Transaction ID specified REFID:" + ids.number());
    }
    var left = charge.get().amount().minor() - charge.get().reversedMinor();
    var minor = part(form, charge.get().amount().currency(), left);
    var refunded = minor <= 0 ? null : ledger.refund(id, minor);
    if (refunded == null) {
      return refused(
          form, "Refund amount may not exceed the transaction balance REFID:" + ids.number());
    }
    var filedAs =
        faults.weather().refundsApart() ? NmiFiled.refundOf(refunded.charge()) : ids.number();
    return NmiReply.done("SUCCESS", refunded.charge(), filedAs, "refund");
  }

  /** Without an amount, or with 0.00, the whole. */
  private static long part(Form form, Currency currency, long left) {
    try {
      var major = new BigDecimal(form.get("amount", "0.00"));
      return major.signum() == 0
          ? left
          : Money.exactly(major, currency).map(Money::minor).orElse(-1L);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private Optional<Charge> mine(String id, Merchant merchant) {
    return ledger
        .find(id)
        .filter(c -> c.merchant().equals(merchant))
        .filter(c -> c.state() == Charge.State.APPROVED || c.state() == Charge.State.AUTHORIZED);
  }
}
