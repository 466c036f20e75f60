package billing.store;

import billing.model.ChargeKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which due invoices a run leaves uncharged, though nothing ended it. */
public final class Leftovers {

  private static final Sql LEFT = Sql.load("report/left");

  /**
   * What is left.
   *
   * @param total how many attempts
   * @param locked those of them whose invoice the app keeps locked
   * @param first some of them, the locked ones first
   */
  public record Left(int total, int locked, List<Waiting> first) {}

  /**
   * An attempt that stays PENDING.
   *
   * @param notBefore null: at any time
   * @param why null: it was not tried yet
   */
  public record Waiting(
      String key, String invoiceId, @Nullable Instant notBefore, @Nullable String why) {}

  private record Row(Waiting waiting, int locked, int total) {}

  private final Database database;

  public Leftovers(Database database) {
    this.database = database;
  }

  /**
   * What that run leaves.
   *
   * @param only the invoices that it was to charge; empty: all
   * @param limitReached whether it claimed as many as it was allowed to
   * @param told earlier attempts that keep their invoices waiting, which are reported anyway
   */
  public Left of(long run, Set<String> only, boolean limitReached, Set<ChargeKey> told, int limit) {
    var keys = told.stream().map(ChargeKey::value).toList();
    var rows =
        database.read(handle ->
            handle
                .createQuery(LEFT.text())
                .bind("locked", LockedInvoices.WHY)
                .bind("all", only.isEmpty() ? 1 : 0)
                .bindList("invoice_ids", orNone(only))
                .bind("limit_reached", limitReached ? 1 : 0)
                .bind("run", run)
                .bindList("told", orNone(keys))
                .bind("limit", limit)
                .map((row, context) ->
                    new Row(
                        new Waiting(
                            row.getString("charge_key"),
                            row.getString("invoice_id"),
                            Database.instant(row, "not_before"),
                            row.getString("evidence")),
                        row.getInt("locked"),
                        row.getInt("total")))
                .list());
    return rows.isEmpty()
        ? new Left(0, 0, List.of())
        : new Left(
            rows.getFirst().total(),
            rows.getFirst().locked(),
            rows.stream().map(Row::waiting).toList());
  }

  private static List<String> orNone(Collection<String> values) {
    return values.isEmpty() ? List.of("") : List.copyOf(values);
  }
}
