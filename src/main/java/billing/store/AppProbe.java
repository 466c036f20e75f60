package billing.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Holds the app's SQL against the schema that is there, without changing a row. */
final class AppProbe {

  private AppProbe() {}

  static void due(Handle handle, AppSql app) {
    var query =
        handle
            .createQuery(app.due().sql())
            .bind("as_of", "1970-01-01")
            .bind("after", (String) null)
            .bind("limit", 0);
    columns(app.due(), query, Invoices.MANDATORY);
  }

  /** The columns of the row that is kept for the mail, beyond those of every invoice. */
  static Set<String> lock(Handle handle, AppSql app) {
    var query =
        handle
            .createQuery(app.lock().sql())
            .bind("as_of", "1970-01-01")
            .bindList("invoice_ids", List.of("0"));
    var more = new TreeSet<>(columns(app.lock(), query, Invoices.MANDATORY));
    more.removeAll(Invoices.KNOWN);
    return more;
  }

  static void booked(Handle handle, AppSql app) {
    var query =
        handle.createQuery(app.booked().sql()).bindList("gateway_transaction_ids", List.of(""));
    columns(app.booked(), query, Set.of());
  }

  /** A mere PREPARE lets a wrong column of INSERT (...) SELECT pass; the optimizer does not. */
  static void explain(Handle handle, AppFile file) {
    try (var query = handle.createQuery("EXPLAIN " + file.sql())) {
      bind(query, file.sql());
      query.map((row, context) -> 1).list();
    } catch (RuntimeException e) {
      throw wrong(file, e);
    }
  }

  private static void bind(Query query, String sql) {
    var code = SqlText.code(sql);
    for (var list : List.of("attempt_ids", "invoice_ids", "gateway_transaction_ids")) {
      if (code.contains("<" + list + ">")) {
        query.bindList(list, List.of("0"));
      }
    }
    if (code.contains(":as_of")) {
      query.bind("as_of", "1970-01-01");
    }
    if (code.contains(":after")) {
      query.bind("after", (String) null);
    }
    if (code.contains(":limit")) {
      query.bind("limit", 1);
    }
  }

  private static Set<String> columns(AppFile file, Query query, Set<String> mandatory) {
    Set<String> found;
    try (query) {
      found = query.scanResultSet((rows, context) -> labels(rows.get()));
    } catch (RuntimeException e) {
      throw wrong(file, e);
    }
    var missing = new TreeSet<>(mandatory);
    missing.removeAll(found);
    if (!missing.isEmpty()) {
      throw AppFile.wrong(file.name(), "does not give the column " + String.join(", ", missing));
    }
    return found;
  }

  private static Set<String> labels(ResultSet rows) throws SQLException {
    var labels = new ArrayList<String>();
    var meta = rows.getMetaData();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      labels.add(meta.getColumnLabel(i).toLowerCase(Locale.ROOT));
    }
    return new HashSet<>(labels);
  }

  private static RuntimeException wrong(AppFile file, RuntimeException e) {
    var error = ServerError.in(e).orElse(null);
    if (error == null || ServerError.isLost(error)) {
      return e;
    }
    if (ServerError.isDenied(error)) {
      return new DatabaseTrouble(
          DatabaseTrouble.Kind.GRANT_MISSING,
          "%s: db.user lacks a right, or the table is not there (%s): see sql/grants.sql"
              .formatted(file.name(), ServerError.firstLine(error)),
          e);
    }
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.APP_SQL,
        "%s does not fit the app's tables: %s".formatted(file.name(), ServerError.firstLine(error)),
        e);
  }
}
