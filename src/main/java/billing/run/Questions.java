package billing.run;

import billing.gateway.Gateway;
import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import java.util.ArrayList;
import java.util.List;

/** What is asked of the gateway for a person's decision. Changes nothing there. */
final class Questions {

  private final Gateway gateway;

  Questions(Gateway gateway) {
    this.gateway = gateway;
  }

  /** All that it has under the attempt's key, and the transaction that the attempt is known by. */
  List<GatewayReply> about(Attempt attempt) {
    return attempt.transactionId() == null
        ? gateway.find(attempt, false)
        : about(attempt, attempt.transactionId());
  }

  /** All that it has under the attempt's key, and that transaction, whatever key it bears. */
  List<GatewayReply> about(Attempt attempt, String transactionId) {
    var found = new ArrayList<>(gateway.find(attempt, false));
    if (found.stream().noneMatch(reply -> names(reply, transactionId))) {
      var alone = gateway.look(transactionId, attempt.order().amount().currency());
      if (!(alone instanceof NotFound)) {
        found.removeIf(NotFound.class::isInstance);
        found.add(alone);
      }
    }
    return found;
  }

  private static boolean names(GatewayReply reply, String transactionId) {
    return switch (reply) {
      case GatewayReply.Approved a -> a.transactionId().equals(transactionId);
      case GatewayReply.Reversed r -> r.transactionId().equals(transactionId);
      case GatewayReply.Processing p -> p.transactionId().equals(transactionId);
      case GatewayReply.Undecided u -> u.transactionId().equals(transactionId);
      case GatewayReply.Closed c -> c.transactionId().equals(transactionId);
      default -> false;
    };
  }
}
