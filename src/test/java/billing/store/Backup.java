package billing.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Copies of tables as they were, which can be brought back as an administrator does it. */
public final class Backup {

  /** Everything that is {@code billing}'s own. */
  public static final List<String> OURS =
      List.of(
          "billing_fence",
          "billing_runs",
          "billing_listings",
          "billing_decisions",
          "billing_installation",
          "charge_attempts",
          "charge_events",
          "charge_differences",
          "outbox_emails");

  /** Everything of the bundled app. */
  public static final List<String> APPS =
      List.of("customers", "invoices", "payments", "transactions");

  private record Table(String columns, List<List<@Nullable String>> rows) {}

  private final TestDatabase of;
  private final Map<String, Table> tables = new LinkedHashMap<>();

  private Backup(TestDatabase of) {
    this.of = of;
  }

  /** Of all tables as they are at one moment; what is open in a transaction is not yet there. */
  public static Backup take(TestDatabase of) {
    var backup = new Backup(of);
    var columns = backup.columns();
    try (var admin = of.administrator();
        var statement = admin.createStatement()) {
      statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
      for (var table : columns.entrySet()) {
        backup.tables.put(
            table.getKey(),
            new Table(table.getValue(), backup.read(statement, table.getKey(), table.getValue())));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    return backup;
  }

  private List<List<@Nullable String>> read(Statement statement, String table, String columns)
      throws SQLException {
    var query = "SELECT %s FROM %s.%s".formatted(columns, of.schema(), table);
    try (var found = statement.executeQuery(query)) {
      var rows = new ArrayList<List<@Nullable String>>();
      while (found.next()) {
        var row = new ArrayList<@Nullable String>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          row.add(found.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  public void restore() {
    restore(List.copyOf(tables.keySet()));
  }

  /** Only these; the others stay as they are. */
  public void restore(List<String> some) {
    withoutGuards(
        of,
        () -> {
          try (var admin = of.administrator();
              var statement = admin.createStatement()) {
            statement.execute("SET FOREIGN_KEY_CHECKS = 0");
            admin.setAutoCommit(false);
            for (var table : some) {
              statement.execute("DELETE FROM %s.%s".formatted(of.schema(), table));
              write(admin, table, Objects.requireNonNull(tables.get(table), table));
            }
            admin.commit();
          } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        });
  }

  private void write(Connection admin, String name, Table table) throws SQLException {
    if (table.rows().isEmpty()) {
      return;
    }
    var marks = String.join(", ", Collections.nCopies(table.rows().getFirst().size(), "?"));
    var insert =
        "INSERT INTO %s.%s (%s) VALUES (%s)".formatted(of.schema(), name, table.columns(), marks);
    try (var statement = admin.prepareStatement(insert)) {
      for (var row : table.rows()) {
        for (int i = 0; i < row.size(); i++) {
          statement.setString(i + 1, row.get(i));
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Those of each table that can be written. */
  private Map<String, String> columns() {
    return of
        .rows(
            """
            SELECT table_name AS t, GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', ') AS c
              FROM information_schema.columns
             WHERE table_schema = '%s' AND COALESCE(generation_expression, '') = ''
             GROUP BY table_name
            """
                .formatted(of.schema()))
        .stream()
        .collect(Collectors.toMap(row -> text(row, "t"), row -> text(row, "c")));
  }

  private static String text(Map<String, String> row, String column) {
    return Objects.requireNonNull(row.get(column), column);
  }

  /** What only somebody with every right can do: triggers are dropped, and made again. */
  public static void withoutGuards(TestDatabase of, Runnable change) {
    var triggers =
        of.rows(
            """
            SELECT trigger_name AS n, action_timing AS t, event_manipulation AS e,
                   event_object_table AS o, action_statement AS s, definer AS d
              FROM information_schema.triggers
             WHERE trigger_schema = '%s'
            """
                .formatted(of.schema()));
    for (var trigger : triggers) {
      of.adminStatement("DROP TRIGGER %s.%s".formatted(of.schema(), trigger.get("n")));
    }
    try {
      change.run();
    } finally {
      for (var trigger : triggers) {
        of.adminStatement(
            "CREATE DEFINER = '%s' TRIGGER %s.%s %s %s ON %s.%s FOR EACH ROW %s"
                .formatted(
                    String.valueOf(trigger.get("d")).replace("@", "'@'"),
                    of.schema(),
                    trigger.get("n"),
                    trigger.get("t"),
                    trigger.get("e"),
                    of.schema(),
                    trigger.get("o"),
                    trigger.get("s")));
      }
    }
  }
}
