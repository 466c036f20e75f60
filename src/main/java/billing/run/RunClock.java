package billing.run;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The database's time between two looks at it: its last reading, carried on by the monotonic clock.
 * Whatever two runs compare is in this time; the host's wall clock plays no part.
 */
final class RunClock {

  private record Reading(Instant database, long nanos) {}

  private final LongSupplier nanoTime;
  private volatile Reading reading;

  RunClock(Instant database, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.reading = new Reading(database, nanoTime.getAsLong());
  }

  Instant now() {
    var last = reading;
    return last.database().plusNanos(nanoTime.getAsLong() - last.nanos());
  }

  /** A new reading. Time never goes back within a run. */
  void set(Instant database) {
    var now = now();
    reading = new Reading(database.isAfter(now) ? database : now, nanoTime.getAsLong());
  }
}
