package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.Unknown;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is asked of the gateway about charges that a decision is about. Changes nothing there. */
public final class Questions {

  private final Inquiries gateway;

  public Questions(Inquiries gateway) {
    this.gateway = gateway;
  }

  /** All that it has under the attempt's key, and the transaction that the attempt is known by. */
  public List<GatewayReply> about(Attempt attempt) {
    return attempt.transactionId() == null
        ? gateway.find(attempt, false)
        : about(attempt, attempt.transactionId());
  }

  /** All that it has under the attempt's key, and that transaction, whatever key it bears. */
  List<GatewayReply> about(Attempt attempt, String transactionId) {
    var found = new ArrayList<>(gateway.find(attempt, false));
    if (found.stream().noneMatch(reply -> reply.names(transactionId))) {
      var alone = gateway.look(transactionId, attempt.order().amount().currency());
      found.removeIf(NotFound.class::isInstance);
      found.add(alone);
    }
    return found;
  }

  /**
   * All that it has under these attempts' keys, and these transactions, each told once.
   *
   * @param transactions that it has shown before
   */
  List<GatewayReply> about(List<Attempt> attempts, Collection<String> transactions) {
    var found = new ArrayList<GatewayReply>();
    attempts.forEach(attempt -> found.addAll(shown(attempt, about(attempt))));
    var currency = attempts.isEmpty() ? null : attempts.getFirst().order().amount().currency();
    for (var id : transactions) {
      if (found.stream().noneMatch(reply -> reply.names(id))) {
        found.add(shown(id, gateway.look(id, currency)));
      }
    }
    return found;
  }

  private static List<GatewayReply> shown(Attempt attempt, List<GatewayReply> found) {
    var id = attempt.transactionId();
    return id == null || attempt.state() != AttemptState.SETTLED
        ? found
        : found.stream().map(reply -> shown(id, reply)).toList();
  }

  /** What was there before, and is not found, is no proof of anything. */
  private static GatewayReply shown(String transactionId, GatewayReply reply) {
    return reply instanceof NotFound
        ? new Unknown(
            "transaction %s was there before, and is not found now".formatted(transactionId),
            false,
            true)
        : reply;
  }
}
