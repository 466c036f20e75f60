package billing.store;

import billing.model.Fence;
import billing.store.Transactions.Ending;
import billing.store.Transactions.Work;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that begin by moving the fence, one at a time. Each has a definite end: a lost
 * answer to COMMIT is made final and read back, and nothing is returned before that.
 */
final class FencedTransactions {

  sealed interface Result<T> {
    record Done<T>(T value) implements Result<T> {}

    /**
     * Somebody else holds the fence, or the database went back. Nothing more can be written.
     *
     * @param present null: its row is gone
     */
    record FencedOff<T>(Fence mine, @Nullable Fence present) implements Result<T> {}

    record Paused<T>(String why) implements Result<T> {}
  }

  private static final Sql MOVE = Sql.load("fence/move");
  private static final Sql MOVE_UNLESS_PAUSED = Sql.load("fence/move_unless_paused");
  private static final Sql READ = Sql.load("fence/read");
  private static final Sql LOCK = Sql.load("fence/lock");
  private static final int TRIES = 5;

  private final Database database;
  private final Transactions transactions;
  private Fence fence;

  FencedTransactions(Database database, Fence fence) {
    this.database = database;
    this.transactions = new Transactions(database);
    this.fence = fence;
  }

  synchronized Fence fence() {
    return fence;
  }

  /** For what writes a no, which a pause does not stop. */
  synchronized <T> Result<T> run(Work<T> work) {
    return run(MOVE, work);
  }

  /** For what claims. */
  synchronized <T> Result<T> runUnlessPaused(Work<T> work) {
    return run(MOVE_UNLESS_PAUSED, work);
  }

  private <T> Result<T> run(Sql move, Work<T> work) {
    for (int tries = 0; tries < TRIES; tries++) {
      Ending<Result<T>> ending = transactions.run(handle -> moveAnd(handle, move, work));
      switch (ending) {
        case Ending.Committed<Result<T>>(var result) -> {
          if (result instanceof Result.Done<T>) {
            fence = fence.moved(fence.seq() + 1);
          }
          return result;
        }
        case Ending.Unknown<Result<T>>(var result, var lost) -> {
          switch (makeFinal(lost)) {
            case COMMITTED -> {
              return result;
            }
            // Surely not committed, so the whole transaction is done again; or it finds out that
            // the fence is not ours any more.
            case ABSENT -> {}
          }
        }
      }
    }
    throw lost("it was lost " + TRIES + " times");
  }

  private <T> Result<T> moveAnd(Handle handle, Sql move, Work<T> work) {
    for (int tries = 0; tries < TRIES; tries++) {
      if (move(handle, move, fence) == 1) {
        return new Result.Done<>(work.in(handle));
      }
      var row = handle.createQuery(READ.text()).map((r, c) -> new Row(r)).findOne().orElse(null);
      if (row == null || !row.fence.equals(fence)) {
        return new Result.FencedOff<>(fence, row == null ? null : row.fence);
      }
      if (row.paused) {
        return new Result.Paused<>(row.because);
      }
      // It was resumed between the two statements.
    }
    return new Result.Paused<>("it was paused and resumed again and again");
  }

  /** The fence's row. */
  private static final class Row {
    private final Fence fence;
    private final boolean paused;
    private final String because;

    Row(ResultSet row) throws SQLException {
      fence = fence(row);
      paused = row.getBoolean("paused");
      because = String.valueOf(row.getString("paused_because"));
    }
  }

  private static Fence fence(ResultSet row) throws SQLException {
    return new Fence(row.getLong("epoch"), row.getString("holder"), row.getLong("seq"));
  }

  /** What became of a transaction whose COMMIT lost its answer. */
  private enum Fate {
    COMMITTED,
    ABSENT
  }

  /** Ends the lost session, moves the fence past it, and tells whether it had committed. */
  private Fate makeFinal(Session first) {
    var giveUp = System.nanoTime() + 2 * database.patience().away().toNanos();
    end(first, giveUp);
    var before = fence.seq();
    Ending<OptionalLong> ending = transactions.run(this::lockAndMove);
    return switch (ending) {
      case Ending.Committed<OptionalLong>(var seen) -> fate(before, seen, seen.orElse(0) + 1);
      // What it saw, it saw under lock. Whether it moved the fence itself is read once it is gone.
      case Ending.Unknown<OptionalLong>(var seen, var lostToo) -> {
        end(lostToo, giveUp);
        yield fate(before, seen, database.read(this::presentSeq));
      }
    };
  }

  private Fate fate(long before, OptionalLong seen, long present) {
    if (seen.isEmpty()) {
      // No longer ours: the same transaction, done again, moves nothing and tells by whom.
      return Fate.ABSENT;
    }
    fence = fence.moved(present);
    return seen.getAsLong() == before + 1 ? Fate.COMMITTED : Fate.ABSENT;
  }

  private void end(Session lost, long giveUp) {
    if (!transactions.lostSessions().end(lost, giveUp)) {
      throw lost("its session would not end");
    }
  }

  private long presentSeq(Handle handle) {
    return handle.createQuery(LOCK.text()).map((row, context) -> row.getLong("seq")).one();
  }

  /** The number that the fence had, and which is raised by one; empty where it is not ours. */
  private OptionalLong lockAndMove(Handle handle) {
    var present =
        handle.createQuery(LOCK.text()).map((row, context) -> fence(row)).findOne().orElse(null);
    if (present == null || !mayBeOurs(present)) {
      return OptionalLong.empty();
    }
    Counts.expect(MOVE, 1, move(handle, MOVE, present));
    return OptionalLong.of(present.seq());
  }

  private boolean mayBeOurs(Fence present) {
    return present.equals(fence) || present.equals(fence.moved(fence.seq() + 1));
  }

  private static int move(Handle handle, Sql move, Fence from) {
    return handle
        .createUpdate(move.text())
        .bind("epoch", from.epoch())
        .bind("holder", from.holder())
        .bind("seq", from.seq())
        .execute();
  }

  private DatabaseTrouble lost(String why) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.LOST,
        "the answer to a COMMIT was lost in %s, and what became of it is unknown: %s. Nothing was"
                .formatted(database.url(), why)
            + " sent on it; run the same command again once the database is back");
  }
}
