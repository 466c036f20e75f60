package billing.rules;

import billing.model.Attempt;
import billing.model.Decision;
import billing.model.GatewayReply;
import billing.model.Looked;
import billing.model.Outcome;
import billing.modelcheck.Form;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of what the rules keep and return: all that can change what a run does next,
 * and nothing else (not the words for people).
 */
public final class RunForm {

  private RunForm() {}

  public static void put(Form form, RunState s, Instant now) {
    slots(form, s.slots.values(), now);
    slots(form, s.parked.values(), now);
    outcomes(form, s.toBook, now);
    outcomes(form, s.booking, now);
    outcomes(form, s.toWrite, now);
    outcomes(form, s.writing, now);
    looked(form, s.toMark);
    looked(form, s.marking);
    s.findings.forEach(finding -> form.put(finding));
    form.put(s.reading).put(s.claiming).put(s.recovered).put(s.queued);
    form.put(s.recoveredTo == null ? null : s.recoveredTo.value());
    form.put(s.added).put(s.claimed).put(s.nothingLeft).put(s.siblingsRead);
    form.put(s.siblingsTo == null ? null : s.siblingsTo.value()).put(s.siblingsInDoubt.size());
    s.siblingsInDoubt.forEach(key -> form.put(key.value()));
    form.put(s.nextNotBefore, now);
    form.put(s.lateInARow).put(s.slowSince, now, Limits.SHORTEST_SILENCE.toSeconds());
    form.put(s.proofsInARow).put(s.orderRefusalsInARow).put(s.throttlesInARow);
    form.put(s.heldUntil, now);
    form.put(s.settled).put(s.declined);
    form.put(s.waitUntil, now);
    form.put(s.stuckSince, now, Limits.SHORTEST_SILENCE.toSeconds());
    form.put(s.held).put(s.holding).put(s.finished);
  }

  private static void slots(Form form, Collection<Slot> slots, Instant now) {
    form.put(slots.size());
    for (var slot : slots) {
      put(form, slot.attempt(), now);
      form.put(slot.doing()).put(slot.at(), now);
      form.put(slot.afterDuplicate()).put(slot.late()).put(slot.older());
    }
  }

  private static void looked(Form form, Collection<Looked> all) {
    form.put(all.size());
    for (var looked : all) {
      form.put(looked.key().value()).put(looked.clear());
      looked.differences().forEach(d -> form.put(d.kind()).put(d.subject()));
    }
  }

  private static void outcomes(Form form, Collection<Outcome> outcomes, Instant now) {
    form.put(outcomes.size());
    for (var outcome : outcomes) {
      form.put(outcome.key().value()).put(outcome.sendNo()).put(outcome.sends().letters());
      put(form, outcome.decision(), now);
    }
  }

  private static void put(Form form, Decision decision, Instant now) {
    switch (decision) {
      case Decision.Settle(var id, var taken) -> form.put(1).put(id).put(taken.minor());
      case Decision.Decline(var code, var text, var hard, var firstOn, var retryOn) ->
          form.put(2).put(hard).put(String.valueOf(firstOn)).put(String.valueOf(retryOn));
      case Decision.Repeat(var why, var notBefore) -> form.put(3).put(notBefore, now);
      case Decision.Cancel(var why, var difference) -> form.put(4).put(difference != null);
      case Decision.Review(var why, var id) -> form.put(5).put(id);
      case Decision.Ask(var why, var at, var afterDuplicate) -> form.put(6);
      case Decision.Settling(var id, var deadline) -> form.put(7).put(id);
      case Decision.CloseDoor(var id, var then) -> form.put(8).put(id);
    }
  }

  /** The times of sends matter as far back as the longest wait for absence. */
  public static void put(Form form, Attempt a, Instant now) {
    var order = a.order();
    form.put(a.key().value()).put(order.amount().minor()).put(order.paymentRef());
    form.put(order.account().id()).put(a.state()).put(a.sendNo());
    form.put(a.sends().letters()).put(a.lastSentAt(), now).put(a.transactionId());
    form.put(a.settlingUntil() != null).put(a.declinesBefore());
    form.put(String.valueOf(a.firstDeclinedOn())).put(a.runNo());
  }

  public static void put(Form form, Effect effect, Instant now) {
    switch (effect) {
      case Effect.ReadSent(var after, var limit) ->
          form.put(1).put(after == null ? null : after.value()).put(limit);
      case Effect.Enqueue e -> form.put(2);
      case Effect.Claim(var limit) -> form.put(3).put(limit);
      case Effect.ReadSiblings(var after, var limit) ->
          form.put(4).put(after == null ? null : after.value()).put(limit);
      case Effect.Send(var attempt) -> put(form.put(5), attempt, now);
      case Effect.Find(var attempt, var afterDuplicate) ->
          put(form.put(6).put(afterDuplicate), attempt, now);
      case Effect.Close(var attempt, var id, var then) -> {
        put(form.put(7).put(id), attempt, now);
        put(form, then, now);
      }
      case Effect.Write(var outcomes) -> outcomes(form.put(8), outcomes, now);
      case Effect.Book(var outcomes) -> outcomes(form.put(9), outcomes, now);
      case Effect.Mark(var siblings) -> looked(form.put(10), siblings);
      case Effect.HoldDeclines e -> form.put(12);
      case Effect.Finish e -> form.put(11);
    }
  }

  /** Absence is judged by how long after the last send it was asked for. */
  public static void put(Form form, Evidence evidence, @Nullable Instant sentAt) {
    switch (evidence) {
      case Evidence.Silence() -> form.put(1);
      case Evidence.Answer(var reply) -> put(form.put(2), reply);
      case Evidence.Found(var all, var apart, var asked) -> {
        form.put(3).put(all.size()).since(sentAt, asked);
        all.forEach(reply -> put(form, reply));
      }
      case Evidence.Closing(var reply, var then) -> put(form.put(4), reply);
    }
  }

  private static void put(Form form, GatewayReply reply) {
    form.put(reply.getClass().getSimpleName()).put(transaction(reply));
  }

  private static @Nullable String transaction(GatewayReply reply) {
    return switch (reply) {
      case GatewayReply.Approved a -> a.transactionId();
      case GatewayReply.Processing p -> p.transactionId();
      case GatewayReply.Undecided u -> u.transactionId();
      case GatewayReply.Closed c -> c.transactionId();
      case GatewayReply.Reversed r -> r.transactionId();
      default -> null;
    };
  }
}
