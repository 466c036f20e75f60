package billing.modelcheck;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Fence;
import billing.rules.Effect;
import billing.rules.Event;
import billing.rules.Evidence;
import billing.rules.RunForm;
import billing.rules.RunState;
import billing.store.ClaimResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One process: the state that the production rules keep, and the shell's hands with what they have
 * to do. As in the shell, one writer does claims, noes and reads in their order, one booker the
 * bookings, and every exchange with the gateway goes its own way.
 */
final class SimRun {

  enum Phase {
    /** Not begun. */
    READY,
    /** The request is out. */
    OUT,
    /** The reply is on its way back. */
    ANSWERED
  }

  /**
   * One exchange with the gateway.
   *
   * @param permitEnds when a send may no longer begin, in seconds
   */
  record Exchange(
      Effect effect, Attempt attempt, int permitEnds, Phase phase, @Nullable Evidence evidence) {

    ChargeKey key() {
      return attempt.key();
    }

    Event heard(Evidence what) {
      return new Event.Heard(key(), attempt.sendNo(), what);
    }

    Exchange now(Phase next, @Nullable Evidence what) {
      return new Exchange(effect, attempt, permitEnds, next, what);
    }
  }

  final int no;
  final Account account;
  Fence fence;
  RunState state = new RunState();
  List<Effect> writer = new ArrayList<>();
  List<Effect> booker = new ArrayList<>();
  List<Exchange> exchanges = new ArrayList<>();

  /** When the claim in hand began; its permit counts from there. */
  int permitFrom;

  /** The lock was found ours, and the transaction has not begun. */
  boolean checked;

  /** Committed, and not yet witnessed. */
  ClaimResult.@Nullable Claimed unwitnessed;

  boolean readAll;

  /** Of a run that does not change any more: a move has ended. */
  private SimStore.@Nullable Seen print;

  SimRun(int no, Account account, Fence fence) {
    this.no = no;
    this.account = account;
    this.fence = fence;
  }

  SimRun copy() {
    var copy = new SimRun(no, account, fence);
    copy.state = state;
    copy.writer = new ArrayList<>(writer);
    copy.booker = new ArrayList<>(booker);
    copy.exchanges = new ArrayList<>(exchanges);
    copy.permitFrom = permitFrom;
    copy.checked = checked;
    copy.unwitnessed = unwitnessed;
    copy.readAll = readAll;
    return copy;
  }

  /** Between the begin of a claim's permit and the handing out of its sends. */
  boolean isClaiming() {
    return unwitnessed != null
        || (checked && !writer.isEmpty() && writer.getFirst() instanceof Effect.Claim);
  }

  /** What the shell does with an effect that the rules return. */
  void accept(Effect effect, int permit) {
    switch (effect) {
      case Effect.Book book -> booker.add(book);
      case Effect.Send(var attempt) ->
          begin(new Exchange(effect, attempt, permitFrom + permit, Phase.READY, null));
      case Effect.Find(var attempt, var afterDuplicate) ->
          begin(new Exchange(effect, attempt, 0, Phase.READY, null));
      case Effect.Close(var attempt, var id, var then) ->
          begin(new Exchange(effect, attempt, 0, Phase.READY, null));
      case Effect.Finish finish -> {}
      default -> writer.add(effect);
    }
  }

  private void begin(Exchange exchange) {
    exchanges.add(exchange);
    exchanges.sort(
        Comparator.comparing(Exchange::key).thenComparing(e -> e.effect().getClass().getName()));
  }

  /** The canonical form of it, as seen at a moment. */
  Form.Print print(int second, int oldest) {
    var known = print;
    if (known == null || known.second() != second) {
      var form = new Form(oldest);
      put(form, Instant.ofEpochSecond(second), second);
      known = new SimStore.Seen(second, form.print());
      print = known;
    }
    return known.print();
  }

  private void put(Form form, Instant now, int seconds) {
    form.put(no).put(account.id());
    form.put(fence.epoch()).put(fence.holder()).put(fence.seq());
    RunForm.put(form, state, now);
    form.put(writer.size());
    writer.forEach(effect -> RunForm.put(form, effect, now));
    form.put(booker.size());
    booker.forEach(effect -> RunForm.put(form, effect, now));
    form.put(exchanges.size());
    for (var exchange : exchanges) {
      RunForm.put(form, exchange.effect(), now);
      form.put(Math.max(0, exchange.permitEnds() - seconds)).put(exchange.phase());
      form.put(exchange.evidence() != null);
      if (exchange.evidence() != null) {
        RunForm.put(form, exchange.evidence(), exchange.attempt().lastSentAt());
      }
    }
    form.put(checked).put(checked ? Math.max(-2, permitFrom - seconds) : 0);
    form.put(unwitnessed != null).put(readAll);
    if (unwitnessed != null) {
      form.put(Math.max(-2, permitFrom - seconds));
      unwitnessed.sent().forEach(attempt -> RunForm.put(form, attempt, now));
      form.put(unwitnessed.nothingLeft()).put(unwitnessed.nextNotBefore(), now);
    }
  }
}
