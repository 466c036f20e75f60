package billing.rules;

import billing.model.Decision;
import billing.model.GatewayReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a decision about one attempt rests on. */
public sealed interface Evidence {

  /** Nothing on record since the send: the run that sent it died, or nobody has asked yet. */
  record Silence() implements Evidence {}

  /** The reply to the attempt's newest send. */
  record Answer(GatewayReply reply) implements Evidence {}

  /**
   * All that the gateway has under the key, see {@code Gateway.find}.
   *
   * @param clocksApart the largest distance between the clocks of database, host and gateway
   * @param askedAt the database's time when the question was about to leave: what was absent then
   *     may be there by the time that the answer is heard
   */
  record Found(List<GatewayReply> all, Duration clocksApart, Instant askedAt) implements Evidence {
    public Found {
      all = List.copyOf(all);
    }
  }

  /** The reply to our cancelling what could still have become a charge. */
  record Closing(GatewayReply reply, Decision.No then) implements Evidence {}
}
