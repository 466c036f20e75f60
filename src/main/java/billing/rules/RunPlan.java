package billing.rules;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed for the whole of a run.
 *
 * @param concurrency requests at the gateway at once
 * @param batch the most that one claim, booking or batch of noes holds
 * @param limit the most invoices that this run claims; 0: it only recovers, and queues none
 * @param maxDoubts doubts that were looked up in vain, above which sending ends
 * @param maxDeclines per cent of the run's outcomes at which sending ends
 * @param recoveryWait how long doubts are waited for, at the end or when they fill the window
 * @param stopAt when the run has lasted too long; null: never
 * @param today in the business's time zone: the day from which a next try is counted
 */
public record RunPlan(
    int concurrency,
    int batch,
    int limit,
    int maxDoubts,
    int maxDeclines,
    Duration recoveryWait,
    @Nullable Instant stopAt,
    LocalDate today) {

  /** Whether the run has lasted too long. */
  public boolean isOver(Instant now) {
    return stopAt != null && !now.isBefore(stopAt);
  }

  /** The most sends and unbooked answers of this run at any time. */
  int window() {
    return concurrency + batch;
  }
}
