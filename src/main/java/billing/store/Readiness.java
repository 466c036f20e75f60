package billing.store;

import billing.store.DatabaseTrouble.Kind;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/**
 * Everything about the database that could make a charge wrong, found out before the first claim.
 */
public final class Readiness {

  private static final Sql ENGINES = Sql.load("run/engines");

  private static final List<String> OUR_TABLES =
      List.of(
          "billing_fence",
          "billing_decisions",
          "billing_installation",
          "billing_listings",
          "billing_runs",
          "charge_attempts",
          "charge_events",
          "charge_differences",
          "outbox_emails");

  private final Database database;
  private final AppSql app;

  private Readiness(Database database, AppSql app) {
    this.database = database;
    this.app = app;
  }

  /**
   * Checks it all, in the order in which one depends on the other.
   *
   * @return the columns that the app gives for mails, beyond those of every invoice
   * @throws DatabaseTrouble with what is wrong first, and what to do
   */
  public static Set<String> check(Database database, AppSql app) {
    Migrations.check(database);
    var readiness = new Readiness(database, app);
    database.read(handle -> {
      readiness.server(handle);
      readiness.tables(handle);
      return true;
    });
    var more = readiness.sql();
    GuardProof.run(database);
    return more;
  }

  /**
   * What {@code --dry-run} needs: it may read a replica, and writes nothing.
   *
   * @throws DatabaseTrouble with what is wrong first, and what to do
   */
  public static void checkReading(Database database, AppSql app) {
    Migrations.check(database);
    database.read(handle -> {
      AppProbe.due(handle, app);
      return true;
    });
  }

  private void server(Handle handle) {
    Map<String, String> variables;
    try {
      variables = Sessions.variables(handle.getConnection());
    } catch (SQLException e) {
      throw ServerError.trouble(e, database.url());
    }
    for (var readOnly : List.of("read_only", "super_read_only", "innodb_read_only")) {
      if (isOn(variables, readOnly)) {
        throw new DatabaseTrouble(
            Kind.NOT_WRITABLE,
            "%s is read-only (%s): it is a replica; db.url must name the primary"
                .formatted(database.url(), readOnly));
      }
    }
    var flush = variables.getOrDefault("innodb_flush_log_at_trx_commit", "");
    if (!flush.equals("1") && !isOn(variables, "wsrep_on")) {
      throw new DatabaseTrouble(
          Kind.NOT_DURABLE,
          "innodb_flush_log_at_trx_commit is %s in %s: a crash of the server may forget that a"
                  .formatted(flush, database.url())
              + " request left. Run SET GLOBAL innodb_flush_log_at_trx_commit = 1, and write it"
              + " into the server's configuration");
    }
    if (!variables.getOrDefault("sql_mode", "").contains("STRICT_TRANS_TABLES")) {
      throw new DatabaseTrouble(
          Kind.NOT_STRICT,
          "the sessions in %s are not strict: something between changes sql_mode"
              .formatted(database.url()));
    }
  }

  private static boolean isOn(Map<String, String> variables, String name) {
    return Set.of("ON", "1").contains(variables.getOrDefault(name, ""));
  }

  private void tables(Handle handle) {
    var schema = database.schema();
    var ours = new HashSet<String>();
    OUR_TABLES.forEach(table -> ours.add(qualified(schema, table)));
    var written = new HashSet<>(ours);
    var named = new HashSet<String>();
    for (var file : app.files()) {
      named.addAll(AppTables.named(file, schema));
      if (!file.reads() || file.equals(app.lock())) {
        written.addAll(AppTables.named(file, schema));
      }
    }
    transactional(handle, written);
    var elsewhere = new TreeSet<>(named);
    elsewhere.removeIf(table -> table.startsWith(qualified(schema, "")));
    if (!elsewhere.isEmpty() && app.before() == null) {
      throw new DatabaseTrouble(
          Kind.SETTINGS,
          ("before_charge.sql is missing in app.sql.dir: it is mandatory where billing's tables"
                  + " stand in another schema (%s) than the app's (%s). See"
                  + " sql/app/examples/before_charge.sql")
              .formatted(schema, elsewhere.first()));
    }
  }

  private void transactional(Handle handle, Set<String> tables) {
    var wrong = new TreeSet<String>();
    handle
        .createQuery(ENGINES.text())
        .bindList("tables", List.copyOf(tables))
        .map((row, context) ->
            row.getString("transactions").equals("YES")
                ? ""
                : row.getString("table_name") + " (" + row.getString("engine") + ")")
        .forEach(wrong::add);
    wrong.remove("");
    if (!wrong.isEmpty()) {
      throw new DatabaseTrouble(
          Kind.NOT_TRANSACTIONAL,
          "not transactional, so that half a booking would stay after a failure: %s. Run ALTER TABLE"
                  .formatted(String.join(", ", wrong))
              + " ... ENGINE=InnoDB");
    }
  }

  private Set<String> sql() {
    return database.read(handle -> {
      AppProbe.due(handle, app);
      var more = AppProbe.lock(handle, app);
      AppProbe.booked(handle, app);
      app.files().forEach(file -> AppProbe.explain(handle, file));
      return more;
    });
  }

  private static String qualified(String schema, String table) {
    return (schema + "." + table).toLowerCase(Locale.ROOT);
  }
}
