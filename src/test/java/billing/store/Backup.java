package billing.store;

import java.util.List;
import java.util.stream.Collectors;

/** Copies of tables as they were, which can be brought back as an administrator does it. */
public final class Backup {

  /** Everything that is {@code billing}'s own. */
  public static final List<String> OURS =
      List.of(
          "billing_fence",
          "billing_runs",
          "billing_installation",
          "charge_attempts",
          "charge_events",
          "charge_differences",
          "outbox_emails");

  /** Everything of the bundled app. */
  public static final List<String> APPS =
      List.of("customers", "invoices", "payments", "transactions");

  private final TestDatabase of;
  private final String copy;
  private final List<String> tables;

  private Backup(TestDatabase of, String copy, List<String> tables) {
    this.of = of;
    this.copy = copy;
    this.tables = tables;
  }

  /** Of the tables as they are now; one at a time for each schema. */
  public static Backup take(TestDatabase of) {
    var copy = of.schema() + "_backup";
    of.admin("DROP DATABASE IF EXISTS %1$s;\nCREATE DATABASE %1$s;".formatted(copy));
    var backup = new Backup(of, copy, of.column("SHOW TABLES"));
    for (var table : backup.tables) {
      of.adminStatement(
          "CREATE TABLE %s.%s AS SELECT %s FROM %s.%s"
              .formatted(copy, table, backup.columns(table), of.schema(), table));
    }
    return backup;
  }

  public void restore() {
    restore(tables);
  }

  /** Only these; the others stay as they are. */
  public void restore(List<String> some) {
    withoutGuards(
        of,
        () -> {
          var script = new StringBuilder("SET FOREIGN_KEY_CHECKS = 0;\nSTART TRANSACTION;\n");
          for (var table : some) {
            script.append(
                """
                DELETE FROM %1$s.%2$s;
                INSERT INTO %1$s.%2$s (%3$s) SELECT %3$s FROM %4$s.%2$s;
                """
                    .formatted(of.schema(), table, columns(table), copy));
          }
          of.admin(script + "COMMIT;");
        });
  }

  private String columns(String table) {
    return of
        .column(
            """
            SELECT column_name AS c FROM information_schema.columns
             WHERE table_schema = '%s' AND table_name = '%s' AND COALESCE(generation_expression, '') = ''
             ORDER BY ordinal_position
            """
                .formatted(of.schema(), table))
        .stream()
        .collect(Collectors.joining(", "));
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
