package billing.store;

import billing.model.AttemptState;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Past;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What we remember of a page of invoices, in two questions however many they are. */
final class Pasts {

  private static final Sql PASTS = Sql.load("attempt/pasts");

  private record Row(
      String invoiceId,
      int attemptNo,
      AttemptState state,
      @Nullable String paymentRef,
      boolean hard,
      @Nullable LocalDate retryOn,
      int declinesBefore,
      @Nullable LocalDate firstDeclinedOn,
      LocalDate asOf,
      boolean released,
      boolean declineIsVoid) {}

  private Pasts() {}

  static Map<String, Past> of(Handle handle, List<Invoice> invoices) {
    var usable = invoices.stream().filter(Invoices::hasUsableId).toList();
    if (usable.isEmpty()) {
      return Map.of();
    }
    var ids = usable.stream().map(Invoice::id).toList();
    var blocked = blocked(handle, usable);
    var pasts = new HashMap<String, Past>();
    handle
        .createQuery(PASTS.text())
        .bindList("invoice_ids", ids)
        .map((row, context) -> row(row))
        .forEach(row ->
            pasts.merge(row.invoiceId(), past(row, blocked), (before, now) -> both(before, now)));
    for (var id : blocked) {
      pasts.putIfAbsent(id, new Past(0, null, null, false, null, 0, null, false, true));
    }
    return pasts;
  }

  /** The newer attempt tells all but whether an older one was SETTLED; rows come oldest first. */
  private static Past both(Past older, Past newer) {
    return new Past(
        newer.attempts(),
        newer.latest(),
        newer.paymentRef(),
        newer.hard(),
        newer.retryOn(),
        newer.declines(),
        newer.firstDeclinedOn(),
        older.settled() || newer.settled(),
        newer.openDifference());
  }

  private static Past past(Row row, Set<String> blocked) {
    var settled = row.state() == AttemptState.SETTLED && !row.released();
    var declined = row.state() == AttemptState.DECLINED && !row.declineIsVoid();
    // A decline that a person declared void is as if it had been cancelled.
    var state =
        row.state() == AttemptState.DECLINED && row.declineIsVoid()
            ? AttemptState.CANCELLED
            : row.state();
    var declines = row.declinesBefore() + (declined ? 1 : 0);
    return new Past(
        row.attemptNo(),
        state,
        row.paymentRef(),
        declined && row.hard(),
        declined ? row.retryOn() : null,
        declines,
        declines == 0 ? null : firstDeclinedOn(row),
        settled,
        blocked.contains(row.invoiceId()));
  }

  /** A first decline of an older program tells only the date for which it was charged. */
  private static LocalDate firstDeclinedOn(Row row) {
    return row.firstDeclinedOn() == null ? row.asOf() : row.firstDeclinedOn();
  }

  /**
   * The invoices that a difference blocks. What was found by judging an invoice is judged again and
   * does not block; an order that the gateway refused is, until the invoice changes or a person
   * says that it is to be charged, though one accepted it: accepting releases no money.
   */
  private static Set<String> blocked(Handle handle, List<Invoice> invoices) {
    var prints = new HashMap<String, String>();
    invoices.forEach(invoice -> prints.put(invoice.id(), Invoices.print(invoice)));
    var blocked = new HashSet<String>();
    for (var row : Differences.ofInvoices(handle, prints.keySet())) {
      var id = row.difference().invoiceId();
      var refusedOrder = row.difference().kind() == DifferenceKind.NOT_CHARGEABLE && !row.judged();
      var blocks =
          refusedOrder
              ? row.holdsFor(String.valueOf(prints.get(id)))
              : !row.judged() && !row.accepted();
      if (blocks && id != null) {
        blocked.add(id);
      }
    }
    return blocked;
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("invoice_id"),
        row.getInt("attempt_no"),
        AttemptState.valueOf(row.getString("state")),
        row.getString("payment_ref"),
        row.getBoolean("hard"),
        row.getObject("retry_on", LocalDate.class),
        row.getInt("declines_before"),
        row.getObject("first_declined_on", LocalDate.class),
        row.getObject("as_of", LocalDate.class),
        row.getString("released_at") != null,
        row.getString("declines").equals("VOID"));
  }
}
