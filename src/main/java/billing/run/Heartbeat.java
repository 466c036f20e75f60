package billing.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every few seconds whether the lock is still ours, which also keeps the lock's session from
 * being dropped as idle, and brings the database's time along.
 */
final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /** Four beats fit into the time after which the server drops the lock's session. */
  static final Duration BETWEEN = Duration.ofSeconds(15);

  private record Listener(Consumer<Instant> alive, Runnable lost) {}

  private final CountDownLatch ended = new CountDownLatch(1);
  private Listener listener = new Listener(time -> {}, () -> {});
  private boolean lost;

  /**
   * Begins to ask.
   *
   * @param ask the database's time, or empty where the lock is lost; asked no more after that
   */
  Heartbeat(Supplier<Optional<Instant>> ask) {
    this(BETWEEN, ask);
  }

  Heartbeat(Duration between, Supplier<Optional<Instant>> ask) {
    Thread.ofVirtual()
        .name("heartbeat")
        .uncaughtExceptionHandler((dying, bug) -> {
          // Who cannot tell whether the lock is there must not act as if it were.
          lost();
          LOG.error("a bug in the heartbeat", bug);
        })
        .start(() -> beat(between, ask));
  }

  /** Whom it tells from now on; at once where the lock was lost before. */
  synchronized void tell(Consumer<Instant> alive, Runnable lost) {
    listener = new Listener(alive, lost);
    if (this.lost) {
      lost.run();
    }
  }

  private void beat(Duration between, Supplier<Optional<Instant>> ask) {
    try {
      while (!ended.await(between.toNanos(), TimeUnit.NANOSECONDS)) {
        var time = ask.get();
        if (time.isEmpty()) {
          lost();
          return;
        }
        alive(time.get());
      }
    } catch (InterruptedException nobodysDoing) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void alive(Instant time) {
    listener.alive().accept(time);
  }

  private synchronized void lost() {
    lost = true;
    listener.lost().run();
  }

  /**
   * Asks no more. A question that is under way is left to end by itself: an interrupt would close
   * its connection, and the lock would be lost with it.
   */
  @Override
  public void close() {
    ended.countDown();
  }
}
