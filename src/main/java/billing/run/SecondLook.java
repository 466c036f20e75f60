package billing.run;

import billing.rules.Finding;
import billing.rules.RunState;
import billing.store.DatabaseTrouble;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a run's first outcomes it looks once more at what is new in the gateway's listing: a rival
 * on a copy of the database would show there. It looks beside the run, which goes on.
 */
final class SecondLook implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SecondLook.class);

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Reckoning reckoning;
  private final Consumer<Finding> alarm;
  private @Nullable Thread thread;
  private volatile @Nullable ComparisonReport report;

  /**
   * A look that is still to come.
   *
   * @param alarm is told of what must end the sending
   */
  SecondLook(Reckoning reckoning, Consumer<Finding> alarm) {
    this.reckoning = reckoning;
    this.alarm = alarm;
  }

  /** Looks once there is something to be seen. */
  void watch(RunState state) {
    if (thread == null && state.outcomes() > 0) {
      // Once the run is over its parts are closed, under the very hands of a look that is late.
      thread =
          Thread.ofVirtual()
              .uncaughtExceptionHandler(
                  (look, e) -> LOG.warn("the second look was lost: {}", e.toString()))
              .start(this::look);
    }
  }

  private void look() {
    var tally = new Tally();
    try {
      var seen = reckoning.glance(new Looking(tally, true), tally);
      if (!seen.complete()) {
        LOG.warn("the second look at the gateway's listing is incomplete: {}", seen.trouble());
      }
      var finding = seen.endsSending();
      if (finding != null) {
        report = seen;
        alarm.accept(finding);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DatabaseTrouble e) {
      // The run itself meets the same trouble, and knows what to do about it.
      LOG.warn("the second look at the gateway's listing: {}", e.getMessage());
    }
  }

  /**
   * What must end the sending; null: nothing. A look that has begun is waited for, but not for
   * long: what it misses the next run sees.
   */
  @Nullable ComparisonReport await() throws InterruptedException {
    if (thread != null && !thread.join(PATIENCE)) {
      LOG.warn("the gateway's listing is slow, and was not looked at once more");
    }
    return report;
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
