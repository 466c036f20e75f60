package billing.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The append-only record of what people decided, and why. */
public final class Decisions {

  /** What a person can decide. */
  public enum Kind {
    SETTLED,
    NOT_CHARGED,
    CHARGE_AGAIN,
    ACCEPT,
    CHARGE_IT,
    ALREADY_PAID,
    BOOK,
    TELL,
    VOID
  }

  /**
   * One decision, about to be done.
   *
   * @param about a charge key, an invoice, the number of a difference or of a run
   * @param because the person's reason
   * @param evidence what the gateway said to it
   */
  public record Decision(Kind kind, String about, String because, String evidence) {

    /** For an attempt's history. */
    String text() {
      var option = "--" + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      return "a person, %s: %s; gateway: %s".formatted(option, because, evidence);
    }
  }

  /**
   * One that was done.
   *
   * @param byUser the database user
   * @param host where {@code resolve} ran; null where its run is unknown
   */
  public record Made(
      long run, Kind kind, String because, String byUser, Instant at, @Nullable String host) {}

  private static final Sql ADD = Sql.load("decision/add");
  private static final Sql OF_RUN = Sql.load("decision/of_run");
  private static final Sql ABOUT = Sql.load("decision/about");

  private final Database database;

  public Decisions(Database database) {
    this.database = database;
  }

  /** The newest of these kinds about one thing; empty: nothing of the sort was decided. */
  public Optional<Made> latest(List<Kind> kinds, String about) {
    return database.read(handle ->
        handle
            .createQuery(ABOUT.text())
            .bind("about", about)
            .bindList("decisions", kinds.stream().map(Kind::name).toList())
            .bind("limit", 1)
            .map((row, context) -> made(row))
            .findFirst());
  }

  /** In the transaction that does it; once a run, also where a COMMIT that was lost is repeated. */
  static void add(Handle handle, long runNo, Decision decision) {
    var written =
        handle.createQuery(OF_RUN.text()).bind("run", runNo).mapTo(Integer.class).one() == 1;
    if (!written) {
      var rows =
          handle
              .createUpdate(ADD.text())
              .bind("run", runNo)
              .bind("decision", decision.kind().name())
              .bind("about", decision.about())
              .bind("because", decision.because())
              .bind("evidence", Differences.cut(decision.evidence(), 1000))
              .execute();
      Counts.expect(ADD, 1, rows);
    }
  }

  private static Made made(ResultSet row) throws SQLException {
    return new Made(
        row.getLong("run_no"),
        Kind.valueOf(row.getString("decision")),
        row.getString("because"),
        row.getString("by_user"),
        Objects.requireNonNull(Database.instant(row, "at")),
        row.getString("host"));
  }
}
