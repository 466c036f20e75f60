package billing.run;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * At most so many requests a second, evenly: each caller is given the moment of its turn and waits
 * for it.
 */
final class Pace {

  private final long nanosBetween;
  private final LongSupplier nanoTime;
  private long nextTurn;

  /**
   * @param perSecond 0: no limit
   */
  Pace(int perSecond, LongSupplier nanoTime) {
    this.nanosBetween = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.nanoTime = nanoTime;
    this.nextTurn = nanoTime.getAsLong();
  }

  void await() throws InterruptedException {
    var wait = turn() - nanoTime.getAsLong();
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }

  private synchronized long turn() {
    if (nanosBetween == 0) {
      return nextTurn;
    }
    var now = nanoTime.getAsLong();
    var turn = now - nextTurn > 0 ? now : nextTurn;
    nextTurn = turn + nanosBetween;
    return turn;
  }
}
