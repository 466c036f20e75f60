package billing.modelcheck;

import billing.model.Decision;
import billing.model.GatewayReply;
import billing.model.Outcome;
import billing.rules.Effect;
import java.util.List;
import java.util.stream.Collectors;

/** What happens, as a person would tell it. */
final class Words {

  private Words() {}

  static String of(Decision decision) {
    return switch (decision) {
      case Decision.Settle d -> "settles";
      case Decision.Decline d -> "declines";
      case Decision.Repeat d -> "puts back to PENDING";
      case Decision.Cancel d -> "cancels";
      case Decision.Review d -> "gives to a person";
      case Decision.Ask d -> "notes an answer about";
      case Decision.Settling d -> "notes as settling";
      case Decision.CloseDoor d -> "closes the door of";
    };
  }

  static String of(List<Outcome> outcomes) {
    return outcomes.stream()
        .map(o -> "%s %s (send %d: %s)".formatted(of(o.decision()), o.key(), o.sendNo(), o.sends()))
        .collect(Collectors.joining(", "));
  }

  static String of(Effect effect) {
    return switch (effect) {
      case Effect.ReadSent e -> "reads what earlier runs left SENT";
      case Effect.Enqueue e -> "queues what is due";
      case Effect.Claim e -> "claims";
      case Effect.ReadSiblings e -> "reads which elder siblings are in doubt";
      case Effect.Send(var a) -> "sends " + a.key() + ", send " + a.sendNo();
      case Effect.Find(var a, var duplicate) -> "looks " + a.key() + " up";
      case Effect.Close(var a, var id, var then) -> "cancels " + id + " at the gateway";
      case Effect.Write(var outcomes) -> of(outcomes);
      case Effect.Book(var outcomes) -> "books " + of(outcomes);
      case Effect.Mark(var siblings) ->
          "marks as looked up "
              + siblings.stream().map(l -> l.key() + (l.clear() ? "" : " (not clear)")).toList();
      case Effect.HoldDeclines e -> "holds its declines";
      case Effect.Finish e -> "ends";
    };
  }

  static String of(GatewayReply reply) {
    return switch (reply) {
      case GatewayReply.Approved a -> "approved, " + a.transactionId();
      case GatewayReply.Declined d -> "declined";
      case GatewayReply.Processing p -> "processing, " + p.transactionId();
      case GatewayReply.Undecided u -> "undecided, " + u.transactionId();
      case GatewayReply.Closed c -> "closed, " + c.transactionId();
      case GatewayReply.NotFound n -> "not found";
      case GatewayReply.NotCharged n -> n.why();
      case GatewayReply.Unknown u -> u.why();
      default -> reply.getClass().getSimpleName();
    };
  }

  static String of(billing.rules.Evidence evidence) {
    return switch (evidence) {
      case billing.rules.Evidence.Silence() -> "nothing";
      case billing.rules.Evidence.Answer(var reply) -> of(reply);
      case billing.rules.Evidence.Found(var all, var apart, var asked) ->
          all.stream().map(Words::of).collect(Collectors.joining("; "));
      case billing.rules.Evidence.Closing(var reply, var then) -> of(reply);
    };
  }
}
