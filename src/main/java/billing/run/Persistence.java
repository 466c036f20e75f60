package billing.run;

import billing.model.GatewayReply;
import billing.rules.Finding;
import billing.rules.Limits;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long one comparison goes on asking about single charges: until it is stopped, or the gateway
 * has left some questions in a row without an answer. For one thread.
 */
final class Persistence {

  private final Supplier<@Nullable Finding> stopped;
  private @Nullable Finding stop;
  private int unanswered;

  /**
   * A comparison's patience.
   *
   * @param stopped what ends the command from outside; null: nothing yet
   */
  Persistence(Supplier<@Nullable Finding> stopped) {
    this.stopped = stopped;
  }

  /** Whether nothing more is to be asked. */
  boolean isOver() {
    return isStopped() || unanswered >= Limits.UNANSWERED_IN_A_ROW;
  }

  private boolean isStopped() {
    if (stop == null) {
      stop = stopped.get();
    }
    return stop != null;
  }

  /** What ended it from outside; null: nothing did. */
  @Nullable Finding stop() {
    return stop;
  }

  /** For other charges than those that had no answer. */
  void afresh() {
    unanswered = 0;
  }

  /** What one question has shown. */
  void heard(List<GatewayReply> found) {
    unanswered = GatewayReply.isUnanswered(found) ? unanswered + 1 : 0;
  }
}
