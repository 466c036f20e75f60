package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is asked of the gateway about charges that a decision is about. Changes nothing there. */
final class Questions {

  private final Inquiries gateway;

  Questions(Inquiries gateway) {
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

  /** All that it has under these attempts' keys, and these transactions, each told once. */
  List<GatewayReply> about(List<Attempt> attempts, Collection<String> transactions) {
    var found = new ArrayList<GatewayReply>();
    attempts.forEach(attempt -> found.addAll(about(attempt)));
    var currency = attempts.isEmpty() ? null : attempts.getFirst().order().amount().currency();
    for (var id : transactions) {
      if (found.stream().noneMatch(reply -> names(reply, id))) {
        found.add(gateway.look(id, currency));
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
