package billing.store;

import billing.model.Fence;
import billing.store.Run.Declines;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Begins and ends runs. A run begins by raising the fence, and so fences off all before it. */
public final class Runs {

  /** Who begins a run. */
  public record Starter(
      Command command, String host, long pid, String version, @Nullable LocalDate asOf) {}

  private static final Sql RAISE = Sql.load("fence/raise");
  private static final Sql READ = Sql.load("fence/read");
  private static final Sql BEGIN = Sql.load("run/begin");
  private static final Sql END = Sql.load("run/end");
  private static final Sql AMEND = Sql.load("run/amend");
  private static final Sql HOLD = Sql.load("run/hold_declines");
  private static final Sql HOLDER = Sql.load("run/holder");
  private static final Sql LAST = Sql.load("run/last");
  private static final Sql LAST_CHARGE = Sql.load("run/last_charge");
  private static final Sql BY_NO = Sql.load("run/by_no");
  private static final Sql HELD = Sql.load("run/held");
  private static final Sql HOLD_LETTERS = Sql.load("outbox/hold");
  private static final Sql HELD_LETTERS = Sql.load("outbox/held_of_run");

  private final Database database;

  public Runs(Database database) {
    this.database = database;
  }

  /** Raises the fence and writes the run's row, in one transaction. */
  public Fence begin(Starter starter) {
    var holder = newHolder();
    return new Settled(database).run(handle -> begin(handle, starter, 0, holder));
  }

  /**
   * The same at the end of a cure, with an epoch above one that was seen outside of the database.
   *
   * @param mail false: what waits in the outbox is held for a person, in the same transaction, so
   *     that no death lets the next run send it
   */
  public Cured cure(Starter starter, long above, boolean mail) {
    var holder = newHolder();
    return new Settled(database)
        .run(handle -> {
          var fence = begin(handle, starter, above, holder);
          return new Cured(fence, mail ? 0 : holdLetters(handle, fence));
        });
  }

  /**
   * What waits in the outbox waits for a person from now on, as of that run, which still works:
   * said before it ends, so that its death lets the next run send none of it.
   *
   * @return how many letters
   */
  public int holdLetters(Fence fence) {
    return new Settled(database).run(handle -> holdLetters(handle, fence));
  }

  /** The same within a transaction. */
  static int holdLetters(Handle handle, Fence fence) {
    handle.createUpdate(HOLD_LETTERS.text()).bind("run", fence.epoch()).execute();
    var held =
        handle
            .createQuery(HELD_LETTERS.text())
            .bind("run", fence.epoch())
            .mapTo(Integer.class)
            .one();
    if (held > 0) {
      Counts.expect(HOLD, 1, holdDeclines(handle, fence));
    }
    return held;
  }

  private static String newHolder() {
    var bytes = new byte[16];
    new java.security.SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Fence begin(Handle handle, Starter starter, long above, String holder) {
    var present = fence(handle);
    if (present.holder().equals(holder)) {
      // It was committed, and only the answer was lost.
      return present;
    }
    var raised =
        handle.createUpdate(RAISE.text()).bind("above", above).bind("holder", holder).execute();
    Counts.expect(RAISE, 1, raised);
    var fence = fence(handle);
    var rows =
        handle
            .createUpdate(BEGIN.text())
            .bind("run", fence.epoch())
            .bind("holder", holder)
            .bind("command", starter.command().word())
            .bind("host", starter.host())
            .bind("pid", starter.pid())
            .bind("version", starter.version())
            .bind("server", server(handle))
            .bind("as_of", Objects.toString(starter.asOf(), null))
            .execute();
    Counts.expect(BEGIN, 1, rows);
    return fence;
  }

  /**
   * The end of a run, by itself.
   *
   * @param declines HELD where a person decides; what it held before stays held
   * @return false where another run has the row: the database went back
   */
  public boolean end(Fence fence, int exitCode, Declines declines, String summaryJson) {
    var rows =
        new Settled(database)
            .run(handle ->
                handle
                    .createUpdate(END.text())
                    .bind("exit_code", exitCode)
                    .bind("declines", declines.name())
                    .bind("summary", summaryJson)
                    .bind("run", fence.epoch())
                    .bind("holder", fence.holder())
                    .execute());
    return rows == 1;
  }

  /**
   * What a run that has ended says of itself in the end.
   *
   * @param summaryJson null: as it is
   * @return false where another run has the row: the database went back
   */
  public boolean amend(Fence fence, int exitCode, @Nullable String summaryJson) {
    var rows =
        new Settled(database)
            .run(handle ->
                handle
                    .createUpdate(AMEND.text())
                    .bind("exit_code", exitCode)
                    .bind("summary", summaryJson)
                    .bind("run", fence.epoch())
                    .bind("holder", fence.holder())
                    .execute());
    return rows == 1;
  }

  /**
   * There were too many declines: their customers are told nothing before a person has decided.
   *
   * @return false where another run has the row: the database went back
   */
  public boolean holdDeclines(Fence fence) {
    return new Settled(database).run(handle -> holdDeclines(handle, fence)) == 1;
  }

  private static int holdDeclines(Handle handle, Fence fence) {
    return handle
        .createUpdate(HOLD.text())
        .bind("run", fence.epoch())
        .bind("holder", fence.holder())
        .execute();
  }

  /** The newest runs, newest first. */
  public List<Run> last(int limit) {
    return database.read(handle ->
        handle
            .createQuery(LAST.text())
            .bind("limit", limit)
            .map((row, context) -> run(row))
            .list());
  }

  /** The newest charge that has ended. */
  public Optional<Run> lastCharge() {
    return lastCharge(0);
  }

  /** The newest charge that ended with 0. */
  public Optional<Run> lastCleanCharge() {
    return lastCharge(1);
  }

  private Optional<Run> lastCharge(int clean) {
    return database.read(handle ->
        handle
            .createQuery(LAST_CHARGE.text())
            .bind("clean", clean)
            .map((row, context) -> run(row))
            .findOne());
  }

  /** Who bore that number; null: no run did. */
  public @Nullable String holder(long epoch) {
    return database.read(handle ->
        handle
            .createQuery(HOLDER.text())
            .bind("run", epoch)
            .mapTo(String.class)
            .findOne()
            .orElse(null));
  }

  public Optional<Run> byNo(long run) {
    return database.read(handle ->
        handle
            .createQuery(BY_NO.text())
            .bind("run", run)
            .map((row, context) -> run(row))
            .findOne());
  }

  /** Those whose letters wait for a person, oldest first. */
  public List<Run> held(int limit) {
    return database.read(handle ->
        handle
            .createQuery(HELD.text())
            .bind("limit", limit)
            .map((row, context) -> run(row))
            .list());
  }

  /** As it stands now. */
  public Fence fence() {
    return database.read(Runs::fence);
  }

  /** The identity of the server that answers now, as a run's row has it. */
  public String server() {
    return database.read(this::server);
  }

  private String server(Handle handle) {
    try {
      return database.sessions().of(handle.getConnection()).server();
    } catch (SQLException e) {
      throw ServerError.trouble(e, database.url());
    }
  }

  private static Fence fence(Handle handle) {
    return handle
        .createQuery(READ.text())
        .map((r, c) -> new Fence(r.getLong("epoch"), r.getString("holder"), r.getLong("seq")))
        .one();
  }

  static Run run(ResultSet row) throws SQLException {
    var exit = row.getInt("exit_code");
    return new Run(
        row.getLong("run_no"),
        row.getString("command"),
        Command.heldBy(row.getString("command"), row.getBoolean("declined")),
        row.getString("host"),
        row.getLong("pid"),
        row.getString("version"),
        row.getString("server"),
        row.getObject("as_of", LocalDate.class),
        Objects.requireNonNull(Database.instant(row, "started_at")),
        Database.instant(row, "ended_at"),
        row.getString("exit_code") == null ? null : exit,
        Declines.valueOf(row.getString("declines")),
        row.getString("summary"));
  }
}
