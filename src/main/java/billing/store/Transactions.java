package billing.store;

import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Runs whole transactions, and tells truly how each ended.
 *
 * <p>What the server surely rolled back is tried again from its first statement. Where the answer
 * to COMMIT was lost, nobody can tell yet: the ending is then {@link Ending.Unknown}.
 */
final class Transactions {

  /** What is done between begin and commit. It is repeated, so it may change nothing else. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T in(Handle handle);
  }

  sealed interface Ending<T extends @Nullable Object> {
    record Committed<T extends @Nullable Object>(T value) implements Ending<T> {}

    /** Committed with this value, or not, or not yet. */
    record Unknown<T extends @Nullable Object>(T value, Session lost) implements Ending<T> {}
  }

  private static final int TRIES = 6;

  /** Each has waited for as long as a row is waited for: whoever has it locked keeps it. */
  private static final int TRIES_OF_A_LOCK = 2;

  private static final int ROLLED_BACK_AT_COMMIT = 1213;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Database database;
  private final LostSessions lostSessions;

  Transactions(Database database) {
    this.database = database;
    this.lostSessions = new LostSessions(database);
  }

  LostSessions lostSessions() {
    return lostSessions;
  }

  /**
   * One whole transaction.
   *
   * @throws DatabaseTrouble where nothing was committed, and trying again does not help
   */
  <T extends @Nullable Object> Ending<T> run(Work<T> work) {
    var giveUp = System.nanoTime() + database.patience().away().toNanos();
    for (int tries = 1; ; tries++) {
      try {
        return once(work);
      } catch (NotCommitted e) {
        var again =
            e.lost == null
                ? ServerError.isRepeatable(e.thrown) && tries < triesOf(e.thrown)
                : System.nanoTime() < giveUp;
        if (!again || Thread.currentThread().isInterrupted()) {
          throw ServerError.trouble(e.thrown, database.url());
        }
        if (e.lost != null) {
          // Else its row locks would hold up the repetition for as long as the server believes in
          // it.
          lostSessions.end(e.lost, giveUp);
        }
        pause(tries);
      }
    }
  }

  private static int triesOf(Throwable thrown) {
    return ServerError.code(thrown) == ServerError.LOCK_WAIT ? TRIES_OF_A_LOCK : TRIES;
  }

  private <T extends @Nullable Object> Ending<T> once(Work<T> work) throws NotCommitted {
    var handle = opened();
    try (handle) {
      var session = sessionOf(handle);
      T value;
      try {
        value = work.in(handle);
      } catch (RuntimeException e) {
        rollBack(handle);
        if (ServerError.isRepeatable(e)) {
          throw new NotCommitted(e, null);
        }
        if (ServerError.isLost(e)) {
          throw new NotCommitted(e, session);
        }
        throw e instanceof AppRefused ? e : ServerError.trouble(e, database.url());
      }
      return commit(handle, session, value);
    }
  }

  private <T extends @Nullable Object> Ending<T> commit(Handle handle, Session session, T value)
      throws NotCommitted {
    try {
      handle.getConnection().commit();
      return new Ending.Committed<>(value);
    } catch (SQLException | RuntimeException e) {
      rollBack(handle);
      // These two alone say for certain that nothing was committed.
      if (ServerError.code(e) == ROLLED_BACK_AT_COMMIT) {
        throw new NotCommitted(e, null);
      }
      if (ServerError.code(e) == ServerError.READ_ONLY) {
        throw ServerError.trouble(e, database.url());
      }
      return new Ending.Unknown<>(value, session);
    }
  }

  private Handle opened() throws NotCommitted {
    try {
      return database.open();
    } catch (RuntimeException e) {
      if (ServerError.isLost(e)) {
        throw new NotCommitted(e, Session.NONE);
      }
      throw ServerError.trouble(e, database.url());
    }
  }

  private Session sessionOf(Handle handle) throws NotCommitted {
    try {
      return database.sessions().of(handle.getConnection());
    } catch (SQLException e) {
      throw new NotCommitted(e, Session.NONE);
    }
  }

  /** Always: a commit after a failure may keep half of the transaction. */
  private static void rollBack(Handle handle) {
    try {
      handle.getConnection().rollback();
    } catch (SQLException gone) {
      // with its session, which takes the transaction along
    }
  }

  private static void pause(int tries) {
    try {
      Thread.sleep(PAUSE.multipliedBy(tries));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Surely not committed; lost is the session that may still hold locks, where it was cut off. */
  private static final class NotCommitted extends Exception {
    private final Throwable thrown;
    private final @Nullable Session lost;

    NotCommitted(Throwable thrown, @Nullable Session lost) {
      super(thrown);
      this.thrown = thrown;
      this.lost = lost;
    }
  }
}
