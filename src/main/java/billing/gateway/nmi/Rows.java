package billing.gateway.nmi;

import billing.gateway.Listing;
import billing.gateway.Wording;
import billing.model.GatewayReply.Closed;
import billing.model.Listed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the transactions of one page prove. A refund that was filed as a transaction of its own is
 * told as the sale that it gave back; what neither took, held nor gave back money (a card that was
 * only validated) is left out.
 */
final class Rows {

  private final Lookup lookup;
  private final Findings findings;

  Rows(Lookup lookup, Wording wording) {
    this.lookup = lookup;
    this.findings = new Findings(null, wording);
  }

  /** The page, without what was made at {@code until} or later. */
  Listing page(List<Filed> page, Instant until, @Nullable String next) throws NoPage {
    var told = new LinkedHashMap<String, Listed>();
    var refunds = new ArrayList<Filed>();
    for (var filed : page) {
      if (!filed.movements().isEmpty()) {
        told.put(filed.id(), listed(filed));
      } else if (filed.givesBack()) {
        refunds.add(filed);
      } else if (!filed.isHarmless()) {
        told.put(filed.id(), strange(filed));
      }
    }
    for (var refund : refunds) {
      var sale = saleOf(refund);
      var listed = sale == null ? orphan(refund) : reversed(listed(sale), refund);
      told.put(listed.transactionId(), listed);
    }
    told.values().removeIf(listed -> !listed.at().isBefore(until));
    return new Listing.Page(List.copyOf(told.values()), next);
  }

  private Listed listed(Filed filed) throws NoPage {
    var first = filed.movements().getFirst();
    var field = Filed.succeeded(first) ? "amount" : "requested_amount";
    var echo = Findings.echo(filed, findings.amount(filed, first, field).orElse(null));
    return new Listed(id(filed), findings.anybodys(filed), echo, at(first));
  }

  private static Listed reversed(Listed sale, Filed refund) {
    return new Listed(
        sale.transactionId(),
        Findings.reversed(sale.reply(), refund.givenBack()),
        sale.echo(),
        sale.at());
  }

  /** Done to it was what we do not know. */
  private Listed strange(Filed filed) throws NoPage {
    var action = filed.actions().isEmpty() ? Map.<String, String>of() : filed.actions().getFirst();
    return new Listed(id(filed), findings.unclear(filed), Findings.echo(filed, null), at(action));
  }

  /** Whatever it gave back, it took nothing itself, and never will. */
  private static Listed orphan(Filed refund) throws NoPage {
    return new Listed(
        id(refund),
        new Closed(id(refund)),
        Findings.echo(refund, null),
        at(refund.actions().getFirst()));
  }

  /**
   * The sale that a refund gave back, which may be on any page, or older than all; null where it
   * cannot be told. An order id need not be unique to everybody: of several sales under it only the
   * one of the refund's amount is meant.
   */
  private @Nullable Filed saleOf(Filed refund) throws NoPage {
    if (!refund.originalId().isEmpty()) {
      return only(
          sales(lookup.page(lookup.form().with("transaction_id", refund.originalId()))).stream()
              .filter(sale -> sale.id().equals(refund.originalId()))
              .toList());
    }
    if (refund.orderId().isEmpty()) {
      return null;
    }
    var sales =
        sales(lookup.page(lookup.form().with("order_id", refund.orderId()))).stream()
            .filter(sale -> sale.orderId().equals(refund.orderId()))
            .toList();
    return sales.size() == 1
        ? sales.getFirst()
        : only(sales.stream().filter(sale -> isOfTheAmount(sale, refund)).toList());
  }

  private static List<Filed> sales(List<Filed> filed) {
    return filed.stream().filter(f -> !f.takings(true).isEmpty()).toList();
  }

  private static @Nullable Filed only(List<Filed> sales) {
    return sales.size() == 1 ? sales.getFirst() : null;
  }

  private static boolean isOfTheAmount(Filed sale, Filed refund) {
    return sale.takings(true).stream()
        .map(action -> action.getOrDefault("amount", ""))
        .anyMatch(refund.givenBack()::contains);
  }

  private static String id(Filed filed) throws NoPage {
    if (filed.id().isEmpty()) {
      throw new NoPage(new Listing.Failed("a transaction without an id in the report"));
    }
    return filed.id();
  }

  private static Instant at(Map<String, String> action) throws NoPage {
    var at = Filed.time(action);
    if (at == null) {
      throw new NoPage(new Listing.Failed("a transaction without a time in the report"));
    }
    return at;
  }
}
