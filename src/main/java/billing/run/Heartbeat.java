package billing.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every few seconds whether the lock is still ours, and brings the database's time along. */
final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration BETWEEN = Duration.ofSeconds(15);

  private final Thread thread;

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
    thread =
        Thread.ofVirtual()
            .name("heartbeat")
            .uncaughtExceptionHandler((dying, bug) -> {
              // Who cannot tell whether the lock is there must not act as if it were.
              LOG.error("a bug in the heartbeat", bug);
              lost.run();
            })
            .start(() -> beat(between, ask, alive, lost));
  }

  private static void beat(
      Duration between, Supplier<Optional<Instant>> ask, Consumer<Instant> alive, Runnable lost) {
    try {
      while (true) {
        Thread.sleep(between);
        var time = ask.get();
        if (time.isEmpty()) {
          lost.run();
          return;
        }
        alive.accept(time.get());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
