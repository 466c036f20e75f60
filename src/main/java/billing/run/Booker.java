package billing.run;

import billing.model.Outcome;
import billing.store.Booked;
import billing.store.Bookings;
import billing.store.DatabaseTrouble;
import billing.store.Runs;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Books what is approved, and tries again while the database is away. One wait is for all of it:
 * what is to be booked once that is over is tried once. For one thread.
 */
final class Booker {

  private static final Logger LOG = LoggerFactory.getLogger(Booker.class);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final Bookings bookings;
  private final Runs runs;
  private final Duration wait;

  /** On the clock of {@link System#nanoTime}; null: what was booked last went well. */
  private @Nullable Long awaySince;

  Booker(Bookings bookings, Runs runs, Duration wait) {
    this.bookings = bookings;
    this.runs = runs;
    this.wait = wait;
  }

  Booked book(List<Outcome> outcomes) {
    var since = awaySince == null ? System.nanoTime() : awaySince;
    while (true) {
      try {
        if (awaySince != null) {
          // Whether anybody answers is known sooner than a booking gives up.
          runs.server();
        }
        var booked = bookings.book(outcomes);
        awaySince = null;
        return booked;
      } catch (DatabaseTrouble e) {
        if (e.kind() == DatabaseTrouble.Kind.APP_SQL
            || e.kind() == DatabaseTrouble.Kind.WENT_BACK) {
          throw e;
        }
        awaySince = since;
        if (System.nanoTime() - since > wait.toNanos() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.warn("booking is tried again: {}", e.getMessage());
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_TRIES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
