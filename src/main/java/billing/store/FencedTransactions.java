package billing.store;

import billing.store.Transactions.Ending;
import billing.store.Transactions.Work;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/**
 * Transactions that begin by moving the fence, one at a time. Each has a definite end: a lost
 * answer to COMMIT is made final and read back, and nothing is returned before that.
 */
final class FencedTransactions {

  sealed interface Result<T> {
    record Done<T>(T value) implements Result<T> {}

    /** Somebody else holds the fence, or the database went back. Nothing more can be written. */
    record FencedOff<T>(String why) implements Result<T> {}

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
            case FENCE_LOST -> {
              return new Result.FencedOff<>("another run took the fence while a COMMIT was lost");
            }
            // Surely not committed, so the whole transaction is done again.
            case ABSENT -> {}
          }
        }
      }
    }
    throw lost("it was lost " + TRIES + " times");
  }

  private <T> Result<T> moveAnd(Handle handle, Sql move, Work<T> work) {
    var rows = move(handle, move, fence);
    return rows == 1 ? new Result.Done<>(work.in(handle)) : whyNot(handle);
  }

  private <T> Result<T> whyNot(Handle handle) {
    return handle
        .createQuery(READ.text())
        .map((row, context) -> {
          var present =
              new Fence(row.getLong("epoch"), row.getString("holder"), row.getLong("seq"));
          if (present.equals(fence) && row.getBoolean("paused")) {
            return new Result.Paused<T>(String.valueOf(row.getString("paused_because")));
          }
          return new Result.FencedOff<T>(difference(present));
        })
        .findOne()
        .orElseGet(() -> new Result.FencedOff<>("the fence's row is gone"));
  }

  private String difference(Fence present) {
    if (present.epoch() > fence.epoch()) {
      return "run %d took over from run %d".formatted(present.epoch(), fence.epoch());
    }
    return "the database went back: run %d finds the fence at epoch %d, number %d, not %d"
        .formatted(fence.epoch(), present.epoch(), present.seq(), fence.seq());
  }

  /** What became of a transaction whose COMMIT lost its answer. */
  private enum Fate {
    COMMITTED,
    ABSENT,
    FENCE_LOST
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
      return Fate.FENCE_LOST;
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
        handle
            .createQuery(LOCK.text())
            .map((r, c) -> new Fence(r.getLong("epoch"), r.getString("holder"), r.getLong("seq")))
            .one();
    var ours = present.seq() == fence.seq() || present.seq() == fence.seq() + 1;
    if (!ours || !present.equals(fence.moved(present.seq()))) {
      return OptionalLong.empty();
    }
    Counts.expect(MOVE, 1, move(handle, MOVE, present));
    return OptionalLong.of(present.seq());
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
