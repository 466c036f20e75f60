package billing.sandbox;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of the sandbox: one for each connection, and for whatever happens later. */
final class Works implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Works.class);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Work that may be cut short by the end of the sandbox. */
  interface Work {
    void run() throws InterruptedIOException;
  }

  void start(Work work) {
    try {
      threads.execute(() -> {
        try {
          work.run();
        } catch (InterruptedIOException closing) {
          LOG.debug("cut short", closing);
        }
      });
    } catch (RejectedExecutionException closing) {
      LOG.debug("not begun", closing);
    }
  }

  void later(Duration delay, Work work) {
    start(() -> {
      sleep(delay);
      work.run();
    });
  }

  static void sleep(Duration time) throws InterruptedIOException {
    if (time.isZero()) {
      return;
    }
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the sandbox closes");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
