package billing.gateway.nmi;

import billing.gateway.TransactionId;
import billing.gateway.Wording;
import billing.model.Currency;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Closed;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Reversed.Extent;
import billing.model.GatewayReply.Undecided;
import billing.model.GatewayReply.Unknown;
import billing.model.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the transactions filed under one key prove: the condition and the sale must agree. */
final class Findings {

  private final @Nullable Currency assumed;
  private final Wording wording;

  /**
   * @param assumed the currency of what does not name its own; null where nobody knows
   */
  Findings(@Nullable Currency assumed, Wording wording) {
    this.assumed = assumed;
    this.wording = wording;
  }

  /**
   * One reply a transaction; a refund that was filed as a transaction of its own marks its sale.
   */
  List<GatewayReply> replies(List<Filed> filed) {
    var sales = filed.stream().filter(f -> !isRefund(f)).toList();
    return sales.isEmpty()
        ? List.of(new Unknown("money given back under our key, and no sale", false, true))
        : sales.stream().map(sale -> less(filed, sale, reply(sale))).toList();
  }

  /** Of one that need not be ours: what it proves, with the refunds that were filed beside it. */
  GatewayReply anybodys(Filed one, List<Filed> all) {
    return less(all, one, anybodys(one));
  }

  private static boolean isRefund(Filed filed) {
    return !filed.hasCharge() && filed.givesBack();
  }

  private static GatewayReply less(List<Filed> all, Filed sale, GatewayReply reply) {
    var refunds = all.stream().filter(Findings::isRefund).toList();
    var its = refunds.stream().filter(refund -> refund.originalId().equals(sale.id())).toList();
    if (!its.isEmpty()) {
      return reversed(reply, amounts(its));
    }
    var unnamed = refunds.stream().filter(refund -> refund.originalId().isEmpty()).toList();
    if (unnamed.isEmpty()) {
      return reply;
    }
    var sales = all.stream().filter(f -> !isRefund(f)).toList();
    // Of several, no more than a part is sure of each, unless there is enough for all of them.
    return reversed(reply, isEnough(unnamed, sales) ? taken(List.of(sale)) : List.of());
  }

  private static boolean isEnough(List<Filed> refunds, List<Filed> sales) {
    var taken = taken(sales);
    // Of one that took nobody knows how much, there is never enough.
    return taken.stream().allMatch(text -> Decimals.number(text).isPresent())
        && total(amounts(refunds)).compareTo(total(taken)) >= 0;
  }

  private static List<String> amounts(List<Filed> refunds) {
    return refunds.stream().flatMap(refund -> refund.givenBack().stream()).toList();
  }

  private static List<String> taken(List<Filed> sales) {
    return sales.stream()
        .flatMap(sale -> sale.takings(true).stream())
        .map(action -> action.getOrDefault("amount", ""))
        .toList();
  }

  /** Of what is one currency's, as it is under one key; what is no number counts nothing. */
  private static BigDecimal total(List<String> amounts) {
    return amounts.stream()
        .flatMap(text -> Decimals.number(text).stream())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** An approval of which these amounts went back, as the report spells them. */
  static GatewayReply reversed(GatewayReply reply, List<String> amounts) {
    return reply instanceof Approved(var id, var echo, var at)
        ? givenBack(id, echo, amounts)
        : reply;
  }

  private static Reversed givenBack(String transactionId, Echo echo, List<String> amounts) {
    return echo.amount() != null && total(amounts).compareTo(echo.amount().major()) >= 0
        ? new Reversed(transactionId, echo, Extent.ALL, "refunded")
        // How much of it, a page that shows one refund of several does not tell.
        : new Reversed(transactionId, echo, Extent.PART, "refunded in part");
  }

  private GatewayReply reply(Filed filed) {
    var approved = filed.sales(true);
    var failed = filed.sales(false);
    var told = approved.size() + failed.size();
    if (!TransactionId.isOne(filed.id()) || told != 1 || filed.countSales() != 1) {
      return unclear(filed);
    }
    return approved.isEmpty() ? failed(filed, failed.getFirst()) : sold(filed, approved.getFirst());
  }

  /**
   * What one proves that need not be ours, and may have taken its money in two steps. Of ours a
   * capture would contradict itself.
   */
  GatewayReply anybodys(Filed filed) {
    if (filed.isAbandoned()) {
      return new Closed(filed.id());
    }
    var taken = filed.takings(true);
    var held = filed.holds(true);
    if (taken.size() == 1) {
      return sold(filed, taken.getFirst());
    }
    if (!taken.isEmpty() || filed.movements().isEmpty()) {
      return unclear(filed); // captured in parts, for one
    }
    return held.isEmpty()
        ? failed(filed, filed.movements().getFirst())
        : held(filed, held.getFirst());
  }

  private GatewayReply held(Filed filed, Map<String, String> auth) {
    return switch (filed.condition()) {
      case "pending" ->
          new Undecided(
              filed.id(),
              echo(filed, amount(filed, auth, "amount").orElse(null)),
              Filed.time(auth));
      case "canceled" -> new Closed(filed.id());
      default -> unclear(filed);
    };
  }

  private GatewayReply sold(Filed filed, Map<String, String> sale) {
    var amount = amount(filed, sale, "amount");
    var echo = echo(filed, amount.orElse(null));
    // Nothing of it is left, however much it was.
    if (filed.condition().equals("canceled")) {
      return new Reversed(filed.id(), echo, Extent.ALL, "voided");
    }
    if (amount.isEmpty()) {
      return new Unknown("a sale of what is no amount of money", false, true);
    }
    return switch (filed.condition()) {
      case "pendingsettlement", "complete" ->
          filed.givesBack()
              ? givenBack(filed.id(), echo, filed.givenBack())
              : new Approved(filed.id(), echo, Filed.time(sale));
      default -> unclear(filed); // pending, in_progress, unknown; or it contradicts itself
    };
  }

  private GatewayReply failed(Filed filed, Map<String, String> sale) {
    var code = sale.getOrDefault("response_code", "");
    var over = filed.condition().equals("failed") && !code.startsWith("1");
    if (!over && !(filed.condition().equals("canceled") && code.startsWith("2"))) {
      return unclear(filed);
    }
    var text = wording.fit(sale.getOrDefault("response_text", ""));
    var echo = echo(filed, amount(filed, sale, "requested_amount").orElse(null));
    var decline = Codes.declined(wording.fit(code), text, echo, Filed.time(sale));
    if (code.startsWith("2")) {
      return decline;
    }
    var error = Codes.error(code, text, false, echo);
    if (error instanceof AccountRefused || error instanceof OrderRefused) {
      return new Closed(filed.id()); // the card has no part in it; the next send will hear it again
    }
    // The line to the processor broke, but "failed" is the gateway's own last word on it.
    return error instanceof Unknown || error instanceof NotCharged ? decline : error;
  }

  Unknown unclear(Filed filed) {
    return new Unknown(
        wording.fit("transaction " + filed.id() + " in condition " + filed.condition()),
        false,
        true);
  }

  Optional<Money> amount(Filed filed, Map<String, String> sale, String field) {
    var text = sale.getOrDefault(field, "");
    var currency =
        filed.element("currency").isEmpty()
            ? Optional.ofNullable(assumed)
            : Currency.of(filed.element("currency"));
    return currency.flatMap(known -> Decimals.money(text, known));
  }

  static Echo echo(Filed filed, @Nullable Money amount) {
    return new Echo(
        told(filed.chargeKey()),
        amount,
        null,
        told(filed.vaultId()),
        null,
        null,
        told(filed.element("merchant_defined_field_2")),
        told(filed.element("merchant_defined_field_3")));
  }

  private static @Nullable String told(String text) {
    return text.isEmpty() ? null : text;
  }
}
