package billing.run;

import billing.rules.Finding;
import billing.store.RunLock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the lock a little at a time, so that a signal ends the waiting.
 *
 * @param stopped what told the command to stop; null: nothing did
 */
record HeedfulLocker(Tenure.Locker locker, Supplier<@Nullable Finding> stopped)
    implements Tenure.Locker {

  private static final Duration A_LITTLE = Duration.ofSeconds(1);

  @Override
  public RunLock.Taking take(Duration patience) {
    var giveUp = System.nanoTime() + patience.toNanos();
    while (true) {
      var left = Duration.ofNanos(Math.max(0, giveUp - System.nanoTime()));
      var taking = locker.take(left.compareTo(A_LITTLE) < 0 ? left : A_LITTLE);
      if (!(taking instanceof RunLock.Taking.TakenBy) || left.isZero()) {
        return taking;
      }
      var signal = stopped.get();
      if (signal != null) {
        throw new RunRefused(
            signal.exitCode(),
            signal.text() + " while it waited for another run's lock. Nothing was touched.",
            RunRefused.THE_SAME + "        at any time");
      }
    }
  }
}
