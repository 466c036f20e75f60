package billing.store;

import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * Ends the sessions whose connection was lost. A COMMIT may still sit in a buffer on its way to a
 * session that lives: only once the session is gone is what it did not commit gone for good.
 */
final class LostSessions {

  private static final Sql ALIVE = Sql.load("run/session_alive");
  private static final int NO_SUCH_SESSION = 1094;
  private static final Duration POLL = Duration.ofMillis(20);

  private final Database database;

  LostSessions(Database database) {
    this.database = database;
  }

  /**
   * Ends the session and waits until it is gone. A server that has been started since, or another
   * one, does not know it: the numbers of sessions start over, so nothing is killed there.
   *
   * @param giveUp on the clock of {@link System#nanoTime}
   * @return false where it could not be established in time, or the thread was interrupted
   */
  boolean end(Session lost, long giveUp) {
    do {
      try (var handle = database.open()) {
        var present = database.sessions().of(handle.getConnection());
        if (lost.equals(Session.NONE) || !present.sameServerAs(lost)) {
          return true;
        }
        kill(handle, lost);
        if (awaitGone(handle, lost, giveUp)) {
          return true;
        }
      } catch (SQLException | RuntimeException e) {
        if (!ServerError.isLost(e) && !ServerError.isNotWritable(e)) {
          throw ServerError.trouble(e, database.url());
        }
        sleep();
      }
    } while (System.nanoTime() < giveUp && !Thread.currentThread().isInterrupted());
    return false;
  }

  private static void kill(Handle handle, Session lost) {
    try {
      handle.execute("KILL " + lost.id());
    } catch (RuntimeException e) {
      if (ServerError.code(e) != NO_SUCH_SESSION) {
        throw e;
      }
    }
  }

  private static boolean awaitGone(Handle handle, Session lost, long giveUp) {
    while (System.nanoTime() < giveUp && !Thread.currentThread().isInterrupted()) {
      var alive = handle.createQuery(ALIVE.text()).bind("id", lost.id()).mapTo(Integer.class).one();
      if (alive == 0) {
        return true;
      }
      sleep();
    }
    return false;
  }

  private static void sleep() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
