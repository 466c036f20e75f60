package billing.store;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Sends;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What happened and how things stand, for people. Reads only. */
public final class History {

  /**
   * One attempt with its story.
   *
   * @param settledAmount as taken, in major units
   * @param evidence the last answer in words
   */
  public record Chapter(
      Attempt attempt,
      boolean adopted,
      boolean released,
      @Nullable BigDecimal settledAmount,
      Instant createdAt,
      @Nullable Instant endedAt,
      @Nullable Instant notBefore,
      @Nullable LocalDate retryOn,
      @Nullable String declineCode,
      @Nullable String declineText,
      @Nullable String evidence,
      List<Happening> happenings) {

    /** One that the database took for unsent may have been approved all the same. */
    public boolean mayBeThere() {
      return attempt.sendNo() > 0 || attempt.transactionId() != null;
    }

    /** The attempt as the gateway is asked about it: one without a send has its beginning. */
    public Attempt asSent() {
      return attempt.asSent(createdAt);
    }
  }

  /**
   * One line of the append-only history.
   *
   * @param byUser the database's user, a person's too
   * @param from null: the attempt was new
   * @param command null: no run of ours wrote it
   */
  public record Happening(
      Instant at,
      long runNo,
      @Nullable String command,
      @Nullable String host,
      String byUser,
      @Nullable AttemptState from,
      AttemptState to,
      int sendNo,
      Sends sends,
      @Nullable String transactionId,
      @Nullable String evidence) {}

  private static final Sql ATTEMPTS = Sql.load("status/attempts_of_invoice");
  private static final Sql EVENTS = Sql.load("status/events_of_invoice");

  private final Database database;

  public History(Database database) {
    this.database = database;
  }

  /** All attempts of an invoice, the first one first; empty: it never had one. */
  public List<Chapter> story(String invoiceId) {
    return database.read(handle -> {
      var happenings = new HashMap<Long, List<Happening>>();
      handle
          .createQuery(EVENTS.text())
          .bind("invoice_id", invoiceId)
          .map((row, context) -> Map.entry(row.getLong("attempt_id"), happening(row)))
          .forEach(e ->
              happenings.computeIfAbsent(e.getKey(), k -> new ArrayList<>()).add(e.getValue()));
      return handle
          .createQuery(ATTEMPTS.text())
          .bind("invoice_id", invoiceId)
          .map((row, context) ->
              chapter(
                  row,
                  AttemptRow.MAPPER.map(row, context),
                  happenings.getOrDefault(row.getLong("id"), List.of())))
          .list();
    });
  }

  /** The other attempts of its invoice, but for what a person released. */
  public List<Attempt> beside(Attempt attempt) {
    return story(attempt.order().invoiceId()).stream()
        .filter(Predicate.not(Chapter::released))
        .map(Chapter::attempt)
        .filter(one -> !one.key().equals(attempt.key()))
        .toList();
  }

  private static Chapter chapter(ResultSet row, AttemptRow attempt, List<Happening> happenings)
      throws SQLException {
    return new Chapter(
        attempt.attempt(),
        attempt.adopted(),
        attempt.released(),
        row.getBigDecimal("settled_amount"),
        Objects.requireNonNull(Database.instant(row, "created_at")),
        Database.instant(row, "ended_at"),
        Database.instant(row, "not_before"),
        row.getObject("retry_on", LocalDate.class),
        row.getString("decline_code"),
        row.getString("decline_text"),
        row.getString("evidence"),
        happenings);
  }

  private static Happening happening(ResultSet row) throws SQLException {
    var from = row.getString("from_state");
    return new Happening(
        Objects.requireNonNull(Database.instant(row, "at")),
        row.getLong("run_no"),
        row.getString("command"),
        row.getString("host"),
        row.getString("by_user"),
        from == null ? null : AttemptState.valueOf(from),
        AttemptState.valueOf(row.getString("to_state")),
        row.getInt("send_no"),
        new Sends(row.getString("sends")),
        row.getString("gateway_transaction_id"),
        row.getString("evidence"));
  }
}
