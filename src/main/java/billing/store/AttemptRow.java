package billing.store;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * One row of {@code charge_attempts}.
 *
 * @param now the database's time when it was read
 */
record AttemptRow(long id, Attempt attempt, boolean adopted, boolean released, Instant now) {

  static final RowMapper<AttemptRow> MAPPER = AttemptRow::map;

  private static final Sql LOCK = Sql.load("attempt/lock_by_key");

  /** Those of these that there are, as they are now, and locked. */
  static Map<ChargeKey, AttemptRow> lock(Handle handle, Collection<ChargeKey> keys) {
    return handle
        .createQuery(LOCK.text())
        .bindList("charge_keys", keys.stream().map(ChargeKey::value).toList())
        .map(MAPPER)
        .stream()
        .collect(Collectors.toMap(AttemptRow::key, Function.identity()));
  }

  ChargeKey key() {
    return attempt.key();
  }

  /** Whether a claim made it SENT, and so told the app; an adoption did not. */
  boolean wasClaimed() {
    return !adopted || attempt.sendNo() > 1;
  }

  private static AttemptRow map(ResultSet row, StatementContext context) throws SQLException {
    var attempt =
        new Attempt(
            order(row),
            AttemptState.valueOf(row.getString("state")),
            row.getInt("send_no"),
            new Sends(row.getString("sends")),
            Database.instant(row, "first_sent_at"),
            Database.instant(row, "last_sent_at"),
            row.getString("gateway_transaction_id"),
            Database.instant(row, "settling_until"),
            row.getInt("declines_before"),
            row.getObject("first_declined_on", LocalDate.class),
            row.getLong("run_no"));
    return new AttemptRow(
        row.getLong("id"),
        attempt,
        row.getBoolean("adopted"),
        row.getString("released_at") != null,
        Times.instant(row.getString("now")));
  }

  /** What the row charges, from its columns {@code amount_minor} and {@code currency}. */
  static Money amount(ResultSet row) throws SQLException {
    var code = row.getString("currency");
    var currency =
        Currency.of(code).orElseThrow(() -> new SQLException("not a currency of ours: " + code));
    return new Money(row.getLong("amount_minor"), currency);
  }

  private static Order order(ResultSet row) throws SQLException {
    return new Order(
        new ChargeKey(row.getString("charge_key")),
        row.getString("invoice_id"),
        row.getInt("attempt_no"),
        row.getString("installation"),
        amount(row),
        row.getString("customer_ref"),
        row.getString("payment_ref"),
        row.getString("description"),
        AccountColumns.read(row),
        row.getInt("protocol"));
  }
}
