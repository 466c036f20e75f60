package billing.store;

import billing.model.Difference;
import billing.model.DifferenceKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * A difference as it stands in its table.
 *
 * @param id the number by which a person names it
 * @param accepted by a person; else it is open
 * @param judged whether every run judges it anew, from the invoice alone
 * @param print the invoice as it was, where that matters
 * @param runNo the run that saw it last
 */
public record DifferenceRow(
    long id,
    Difference difference,
    boolean accepted,
    boolean judged,
    @Nullable String print,
    long runNo,
    Instant openedAt) {

  static final RowMapper<DifferenceRow> MAPPER = DifferenceRow::map;

  /** Whether the gateway's refusal of an order still holds for the invoice as it is now. */
  boolean holdsFor(String presentPrint) {
    return print == null || print.equals(presentPrint);
  }

  private static DifferenceRow map(ResultSet row, StatementContext context) throws SQLException {
    return new DifferenceRow(
        row.getLong("id"),
        new Difference(
            DifferenceKind.valueOf(row.getString("kind")),
            row.getString("subject"),
            row.getString("invoice_id"),
            row.getString("detail")),
        row.getString("state").equals("ACCEPTED"),
        row.getBoolean("judged"),
        row.getString("invoice_print"),
        row.getLong("run_no"),
        java.util.Objects.requireNonNull(Database.instant(row, "opened_at")));
  }
}
