package billing.sandbox;

import java.util.concurrent.locks.ReentrantLock;

/** Lets in so many requests a second, evenly after a first burst of a tenth of them. */
final class Rate {

  private static final double SECOND = 1e9;

  private final ReentrantLock lock = new ReentrantLock();
  private double tokens;
  private long at = System.nanoTime();

  boolean admits(int perSecond) {
    if (perSecond == 0) {
      return true;
    }
    lock.lock();
    try {
      var now = System.nanoTime();
      var room = Math.max(1, perSecond / 10.0);
      tokens = Math.min(room, tokens + (now - at) / SECOND * perSecond);
      at = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    } finally {
      lock.unlock();
    }
  }
}
