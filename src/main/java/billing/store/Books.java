package billing.store;

import billing.model.Difference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Writes charges that are SETTLED into the app's own tables, by the app's own SQL. */
final class Books {

  private final AppSql app;

  Books(AppSql app) {
    this.app = app;
  }

  /** The differences that the booking leads to: credits that it left. */
  List<Differences.Found> enter(Handle handle, List<AttemptRow> settled) {
    var ids = settled.stream().map(AttemptRow::id).toList();
    app.bookings().forEach(file -> file.execute(handle, ids));
    var differences = new ArrayList<Differences.Found>();
    if (app.overpaid() != null) {
      var over = new HashSet<>(app.overpaid().attemptIds(handle, ids));
      for (var row : settled) {
        if (over.contains(row.id())) {
          differences.add(Differences.found(Difference.overpaid(row.attempt())));
        }
      }
    }
    return differences;
  }

  /** Whether the app's books have the transaction. */
  boolean have(Handle handle, String transactionId) {
    return app.inBooks(handle, List.of(transactionId)).contains(transactionId);
  }
}
