package billing.store;

import billing.model.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Reads what {@code status} shows and what a run reports. Writes nothing. */
public final class Status {

  /** What one run did in one state and currency. Amounts in minor units. */
  public record Figure(
      String standing,
      String currency,
      int attempts,
      long minor,
      int retried,
      @Nullable LocalDate nextRetry,
      @Nullable Instant until) {}

  /** How many attempts stand in one state; SETTLING apart from SENT. */
  public record Standing(
      String name, int attempts, @Nullable Instant oldest, @Nullable Instant until, int used) {}

  /**
   * What decides about the exit code.
   *
   * @param doubts of those that are sent, the ones that the gateway is not known to settle yet
   * @param askedThere of the differences, those about which the gateway is asked when one decides
   * @param held runs whose letters wait for a person
   */
  public record Counts(
      int doubts, int sent, int reviews, int differences, int askedThere, int pending, int held) {}

  /** The fence as it stands. */
  public record FenceRow(
      long epoch,
      String holder,
      long seq,
      boolean paused,
      @Nullable String pausedBecause,
      @Nullable Instant pausedAt) {}

  /**
   * A difference that is open.
   *
   * @param judged whether every run judges it anew, from the invoice alone
   */
  public record OpenDifference(
      long id,
      String kind,
      String subject,
      @Nullable String invoiceId,
      String detail,
      boolean judged,
      long run,
      @Nullable Instant openedAt) {}

  /**
   * An attempt that waits: in doubt, or for a person.
   *
   * @param transactionId the gateway's, where it is known
   */
  public record Waiting(
      String key,
      String invoiceId,
      Money amount,
      @Nullable String transactionId,
      @Nullable String evidence,
      @Nullable Instant sentAt) {}

  /** A mail about an attempt. */
  public record Mail(
      String kind, String state, @Nullable Instant sentAt, @Nullable String lastError) {}

  /**
   * A difference, whatever became of it.
   *
   * @param state OPEN, ACCEPTED or GONE
   * @param judged whether every run judges it anew, from the invoice alone
   * @param run that saw or closed it last
   * @param closedBy the database user who decided it; null: open, or it went away by itself
   * @param because that person's reason
   */
  public record AnyDifference(
      long id,
      String kind,
      String subject,
      @Nullable String invoiceId,
      String state,
      String detail,
      boolean judged,
      long run,
      @Nullable Instant openedAt,
      @Nullable Instant closedAt,
      @Nullable String closedBy,
      @Nullable String because) {}

  private static final Sql MAILS = Sql.load("report/mails");
  private static final Sql OF_INVOICE = Sql.load("report/differences_of_invoice");
  private static final Sql BY_ID = Sql.load("report/difference");
  private static final Sql FIGURES = Sql.load("report/figures");
  private static final Sql STATES = Sql.load("report/states");
  private static final Sql COUNTS = Sql.load("report/counts");
  private static final Sql FENCE = Sql.load("report/fence");
  private static final Sql DIFFERENCES = Sql.load("report/differences");
  private static final Sql REVIEWS = Sql.load("report/reviews");
  private static final Sql DOUBTS = Sql.load("report/doubts");

  private final Database database;

  public Status(Database database) {
    this.database = database;
  }

  public List<Figure> figures(long run) {
    return database.read(handle ->
        handle
            .createQuery(FIGURES.text())
            .bind("run", run)
            .map((row, context) ->
                new Figure(
                    row.getString("standing"),
                    row.getString("currency"),
                    row.getInt("attempts"),
                    row.getLong("minor"),
                    row.getInt("retried"),
                    date(row, "next_retry"),
                    Database.instant(row, "until")))
            .list());
  }

  public List<Standing> states() {
    return database.read(handle ->
        handle
            .createQuery(STATES.text())
            .map((row, context) ->
                new Standing(
                    row.getString("standing"),
                    row.getInt("attempts"),
                    Database.instant(row, "oldest"),
                    Database.instant(row, "until"),
                    row.getInt("final")))
            .list());
  }

  public Counts counts() {
    return database.read(handle ->
        handle
            .createQuery(COUNTS.text())
            .map((row, context) ->
                new Counts(
                    row.getInt("doubts"),
                    row.getInt("sent"),
                    row.getInt("reviews"),
                    row.getInt("differences"),
                    row.getInt("asked_there"),
                    row.getInt("pending"),
                    row.getInt("held")))
            .one());
  }

  public FenceRow fence() {
    return database.read(handle ->
        handle
            .createQuery(FENCE.text())
            .map((row, context) ->
                new FenceRow(
                    row.getLong("epoch"),
                    row.getString("holder"),
                    row.getLong("seq"),
                    row.getBoolean("paused"),
                    row.getString("paused_because"),
                    Database.instant(row, "paused_at")))
            .one());
  }

  /** What a person has to decide, oldest first. */
  public List<OpenDifference> differences(int limit) {
    return list(
        DIFFERENCES,
        limit,
        (row, context) ->
            new OpenDifference(
                row.getLong("id"),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("invoice_id"),
                row.getString("detail"),
                row.getBoolean("judged"),
                row.getLong("run_no"),
                Database.instant(row, "opened_at")));
  }

  /** Attempts in REVIEW, oldest first. */
  public List<Waiting> reviews(int limit) {
    return list(REVIEWS, limit, Status::waiting);
  }

  /** Attempts in doubt, oldest first. */
  public List<Waiting> doubts(int limit) {
    return list(DOUBTS, limit, Status::waiting);
  }

  /** What was told, or is to be told, about that attempt. */
  public List<Mail> mails(String chargeKey) {
    return database.read(handle ->
        handle
            .createQuery(MAILS.text())
            .bind("key", chargeKey)
            .map((row, context) ->
                new Mail(
                    row.getString("kind"),
                    row.getString("state"),
                    Database.instant(row, "sent_at"),
                    row.getString("last_error")))
            .list());
  }

  /** Every difference about the invoice, first to last. */
  public List<AnyDifference> differencesOf(String invoiceId) {
    return database.read(handle ->
        handle
            .createQuery(OF_INVOICE.text())
            .bind("invoice", invoiceId)
            .map((row, context) -> difference(row))
            .list());
  }

  public Optional<AnyDifference> difference(long id) {
    return database.read(handle ->
        handle
            .createQuery(BY_ID.text())
            .bind("id", id)
            .map((row, context) -> difference(row))
            .findOne());
  }

  private static AnyDifference difference(ResultSet row) throws SQLException {
    return new AnyDifference(
        row.getLong("id"),
        row.getString("kind"),
        row.getString("subject"),
        row.getString("invoice_id"),
        row.getString("state"),
        row.getString("detail"),
        row.getBoolean("judged"),
        row.getLong("run_no"),
        Database.instant(row, "opened_at"),
        Database.instant(row, "closed_at"),
        row.getString("closed_by"),
        row.getString("because"));
  }

  private <T> List<T> list(Sql sql, int limit, RowMapper<T> mapper) {
    return database.read(
        handle -> handle.createQuery(sql.text()).bind("limit", limit).map(mapper).list());
  }

  private static Waiting waiting(ResultSet row, Object context) throws SQLException {
    return new Waiting(
        row.getString("charge_key"),
        row.getString("invoice_id"),
        AttemptRow.amount(row),
        row.getString("gateway_transaction_id"),
        row.getString("evidence"),
        Database.instant(row, "last_sent_at"));
  }

  static @Nullable LocalDate date(ResultSet row, String column) throws SQLException {
    return row.getObject(column, LocalDate.class);
  }
}
