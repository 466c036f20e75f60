package billing.store;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/**
 * Reads the app's row for the mail where no claim has kept one: of attempts that the database takes
 * for unsent, though they were approved, since it went back behind their claim.
 */
final class Unclaimed {

  private static final Sql FOUND_DUE = Sql.load("attempt/found_due");

  private Unclaimed() {}

  /**
   * What is to be kept with the attempts of these that were never sent, by their numbers. One whose
   * invoice is not due, or is another customer's by now, is left out. Before the booking, since
   * nothing is due after it.
   */
  static Map<Long, String> rows(Handle handle, AppSql app, List<AttemptRow> approved) {
    var unsent = approved.stream().filter(row -> row.attempt().sendNo() == 0).toList();
    if (unsent.isEmpty()) {
      return Map.of();
    }
    var ids = unsent.stream().map(row -> row.attempt().order().invoiceId()).toList();
    var due = app.stillDue(handle, ids, foundDue(handle, unsent));
    var kept = new HashMap<Long, String>();
    for (var row : unsent) {
      var order = row.attempt().order();
      var invoice = due.get(order.invoiceId());
      if (invoice != null && Objects.equals(invoice.customerRef(), order.customerRef())) {
        kept.put(row.id(), Invoices.kept(invoice));
      }
    }
    return kept;
  }

  private static LocalDate foundDue(Handle handle, List<AttemptRow> unsent) {
    return handle
        .createQuery(FOUND_DUE.text())
        .bindList("ids", unsent.stream().map(AttemptRow::id).toList())
        .mapTo(LocalDate.class)
        .one();
  }
}
