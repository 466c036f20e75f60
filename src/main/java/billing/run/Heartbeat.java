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

/** Asks every few seconds whether the lock is still ours, and brings the database's time along. */
final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration BETWEEN = Duration.ofSeconds(15);

  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Begins to ask.
   *
   * @param ask the database's time, or empty where the lock is lost; asked no more after that
   */
  Heartbeat(Supplier<Optional<Instant>> ask, Consumer<Instant> alive, Runnable lost) {
    this(BETWEEN, ask, alive, lost);
  }

  Heartbeat(
      Duration between, Supplier<Optional<Instant>> ask, Consumer<Instant> alive, Runnable lost) {
    Thread.ofVirtual()
        .name("heartbeat")
        .uncaughtExceptionHandler((dying, bug) -> {
          // Who cannot tell whether the lock is there must not act as if it were.
          lost.run();
          LOG.error("a bug in the heartbeat", bug);
        })
        .start(() -> beat(between, ask, alive, lost));
  }

  private void beat(
      Duration between, Supplier<Optional<Instant>> ask, Consumer<Instant> alive, Runnable lost) {
    try {
      while (!ended.await(between.toNanos(), TimeUnit.NANOSECONDS)) {
        var time = ask.get();
        if (time.isEmpty()) {
          lost.run();
          return;
        }
        alive.accept(time.get());
      }
    } catch (InterruptedException nobodysDoing) {
      Thread.currentThread().interrupt();
    }
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
