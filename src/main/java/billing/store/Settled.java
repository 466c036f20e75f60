package billing.store;

import billing.store.Transactions.Ending;
import billing.store.Transactions.Work;
import org.jspecify.annotations.Nullable;

/**
 * Transactions without the fence, written so that doing them twice does no harm: one whose COMMIT
 * lost its answer is made final and then done again.
 */
final class Settled {

  private static final int TRIES = 5;

  private final Database database;
  private final Transactions transactions;

  Settled(Database database) {
    this.database = database;
    this.transactions = new Transactions(database);
  }

  <T extends @Nullable Object> T run(Work<T> work) {
    var giveUp = System.nanoTime() + 3 * database.patience().away().toNanos();
    for (int tries = 0; tries < TRIES; tries++) {
      Ending<T> ending = transactions.run(work);
      switch (ending) {
        case Ending.Committed<T>(var value) -> {
          return value;
        }
        case Ending.Unknown<T>(var value, var lost) -> {
          if (!transactions.lostSessions().end(lost, giveUp)) {
            throw lost();
          }
        }
      }
    }
    throw lost();
  }

  private DatabaseTrouble lost() {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.LOST,
        "the answer to a COMMIT was lost in %s, and the database did not come back in time; run the"
                .formatted(database.url())
            + " same command again, which is safe");
  }
}
