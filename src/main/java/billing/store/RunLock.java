package billing.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The advisory lock that lets one run in, on a connection of its own. It is a courtesy to the
 * second run; what keeps rivals out is the fence.
 */
public final class RunLock implements AutoCloseable {

  /** How the taking ended. */
  public sealed interface Taking {

    record Held(RunLock lock) implements Taking {}

    /** By another run; null where its row is not there (yet). */
    record TakenBy(@Nullable Run run) implements Taking {}

    /** The server has no such lock, as some clusters; the fence alone must do. */
    record Unavailable(String why) implements Taking {}
  }

  /** What a heartbeat found. */
  public record Beat(boolean held, @Nullable Instant databaseTime) {}

  private static final Sql TAKE = Sql.load("run/lock_take");
  private static final Sql IS_USED = Sql.load("run/lock_is_used");
  private static final Sql CHECK = Sql.load("run/lock_check");
  private static final Sql RELEASE = Sql.load("run/lock_release");
  private static final Sql OPEN_RUN = Sql.load("run/open_run");

  /** A vanished host's lock is free after this; a heartbeat is due four times as often. */
  private static final Duration IDLE = Duration.ofSeconds(60);

  private static final Duration SLICE = Duration.ofSeconds(5);
  private static final int LONGEST_NAME = 64;
  private static final int NOT_SUPPORTED = 1235;

  /** Of a connection that is ours alone, and ends with it. */
  private final Handle handle;

  private final String name;
  private final long session;

  private RunLock(Handle handle, String name, long session) {
    this.handle = handle;
    this.name = name;
    this.session = session;
  }

  /**
   * Takes it, or says who has it.
   *
   * @param wait how long to wait for it
   */
  public static Taking take(DatabaseSettings settings, Duration wait) {
    var usual = Patience.NIGHTLY;
    var sessions =
        new Sessions(
            settings,
            new Patience(usual.connect(), usual.socket(), usual.rowLock(), IDLE, Duration.ZERO));
    var name = name(sessions.url().schema());
    try {
      var connection = sessions.getConnection();
      var session = sessions.of(connection).id();
      var handle = Jdbi.open(connection);
      try {
        return take(handle, name, session, wait);
      } catch (RuntimeException e) {
        handle.close();
        if (ServerError.code(e) == NOT_SUPPORTED) {
          return new Taking.Unavailable(String.valueOf(e.getMessage()));
        }
        throw e;
      }
    } catch (SQLException | RuntimeException e) {
      throw ServerError.trouble(e, sessions.url());
    }
  }

  private static Taking take(Handle handle, String name, long session, Duration wait) {
    var end = System.nanoTime() + wait.toNanos();
    while (true) {
      var left = Duration.ofNanos(Math.max(0, end - System.nanoTime())).plusMillis(999).toSeconds();
      // Only a 1 is success; NULL is none.
      if (get(handle, name, Math.min(left, SLICE.toSeconds())) == 1) {
        return new Taking.Held(new RunLock(handle, name, session));
      }
      if (System.nanoTime() >= end) {
        var run = openRun(handle);
        handle.close();
        return new Taking.TakenBy(run);
      }
    }
  }

  /** Whether any session has it now; false, too, where the server has no such lock. */
  public static boolean isHeld(Database database) {
    return database.read(handle ->
        handle
            .createQuery(IS_USED.text())
            .bind("name", name(database.schema()))
            .map((row, context) -> row.getObject(1) != null)
            .one());
  }

  /** Whether it is still ours. No driver's own word is trusted: a killed session looks alive. */
  public synchronized Beat heartbeat() {
    try {
      return handle
          .createQuery(CHECK.text())
          .bind("name", name)
          .map((row, context) ->
              new Beat(
                  row.getLong("holder") == session
                      && row.getLong("self") == session
                      && row.getLong("holder") != 0,
                  Times.instant(row.getString("now"))))
          .one();
    } catch (JdbiException lost) {
      return new Beat(false, null);
    }
  }

  @Override
  public synchronized void close() {
    try (handle) {
      handle.createQuery(RELEASE.text()).bind("name", name).mapTo(Integer.class).findOne();
    } catch (JdbiException lost) {
      // with its session, and so released
    }
  }

  private static int get(Handle handle, String name, long seconds) {
    return handle
        .createQuery(TAKE.text())
        .bind("name", name)
        .bind("seconds", seconds)
        .map((row, context) -> row.getObject(1) == null ? -1 : row.getInt(1))
        .one();
  }

  private static @Nullable Run openRun(Handle handle) {
    try {
      return handle
          .createQuery(OPEN_RUN.text())
          .map((row, context) -> Runs.run(row))
          .findOne()
          .orElse(null);
    } catch (JdbiException noTableYet) {
      return null;
    }
  }

  /** Names are the server's, not the schema's; one server tells case apart and the other not. */
  static String name(String schema) {
    var name = "billing:" + schema.toLowerCase(Locale.ROOT);
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, LONGEST_NAME - 9) + "~" + Integer.toHexString(name.hashCode());
  }
}
