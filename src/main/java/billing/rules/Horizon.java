package billing.rules;

import billing.model.Timings;
import java.time.Duration;
import java.time.Instant;

/** When a send can no longer take effect unseen: only from then on is "not found" evidence. */
public record Horizon(Duration afterLastSend, Duration indeterminate) {

  /** From a gateway's declared timings and the deadline of one exchange. */
  public static Horizon of(Timings timings, Duration exchangeDeadline) {
    return new Horizon(
        timings
            .permit()
            .plus(exchangeDeadline)
            .plus(timings.transit())
            .plus(timings.processing())
            .plus(timings.lookupLag())
            .plus(timings.clockSkew()),
        timings.indeterminate());
  }

  /** How long at most until every send shows, or is given to a person. */
  public Duration longest() {
    return afterLastSend.compareTo(indeterminate) > 0 ? afterLastSend : indeterminate;
  }

  Instant of(Instant lastSentAt) {
    return lastSentAt.plus(afterLastSend);
  }

  /**
   * After a failure that the gateway stored, absence never counts; from then on a person decides.
   */
  Instant ofIndeterminate(Instant lastSentAt) {
    return lastSentAt.plus(indeterminate);
  }
}
