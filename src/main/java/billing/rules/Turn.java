package billing.rules;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.Decision.Ask;
import billing.model.Decision.CloseDoor;
import billing.model.Decision.Decline;
import billing.model.Decision.No;
import billing.model.Decision.Repeat;
import billing.model.Decision.Settle;
import billing.model.Decision.Settling;
import billing.model.Difference;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.Looked;
import billing.model.Outcome;
import billing.model.Sends;
import billing.rules.Event.Booked;
import billing.rules.Event.Claimed;
import billing.rules.Slot.Doing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What one event changes in the state of a run. What is to be done next is {@link Course}'s. */
final class Turn {

  final RunState state;
  final Instant now;
  final List<Effect> effects = new ArrayList<>();
  private final RunPlan plan;
  private final AttemptRules rules;

  Turn(RunPlan plan, AttemptRules rules, RunState state, Instant now) {
    this.plan = plan;
    this.rules = rules;
    this.state = state;
    this.now = now;
  }

  void recovered(List<Attempt> page, boolean last) {
    state.reading = false;
    state.recovered = last;
    for (var attempt : page) {
      state.recoveredTo = attempt.key();
      rule(Slot.recovered(attempt), new Evidence.Silence());
    }
  }

  void queued(int added, boolean end) {
    state.reading = false;
    state.queued = end;
    state.added += added;
    // The last claim comes after the last page, whose rows may be there though it counts none: the
    // answer to its COMMIT was lost, and it was read again.
    state.nothingLeft = state.nothingLeft && added == 0 && !end;
  }

  void claimed(Claimed claim) {
    state.claiming = false;
    state.claimed += claim.sent().size();
    state.nothingLeft = claim.nothingLeft();
    state.nextNotBefore = claim.nextNotBefore();
    for (var attempt : claim.sent()) {
      state.slots.put(attempt.key(), Slot.sending(attempt));
      effects.add(new Effect.Send(attempt));
    }
    if (claim.overTotal()) {
      stop(Finding.OVER_TOTAL);
    }
  }

  void siblingsRead(Event.SiblingsRead read) {
    state.reading = false;
    state.siblingsRead = read.last();
    state.siblingsInDoubt.addAll(read.elsewhere());
    read.elsewhere().forEach(this::readTo);
    for (var sibling : read.siblings()) {
      readTo(sibling.key());
      state.slots.putIfAbsent(sibling.key(), Slot.late(sibling, now));
    }
  }

  private void readTo(ChargeKey key) {
    if (state.siblingsTo == null || state.siblingsTo.compareTo(key) < 0) {
      state.siblingsTo = key;
    }
  }

  void heard(ChargeKey key, int sendNo, Evidence evidence) {
    var slot = state.slots.get(key);
    if (slot == null || slot.attempt().sendNo() != sendNo) {
      return;
    }
    if (evidence instanceof Evidence.Answer(var reply)) {
      new Strikes(state, now).heard(reply, slot.attempt());
    }
    if (slot.late()) {
      heardLate(slot, evidence);
    } else {
      rule(slot, evidence);
    }
  }

  private void rule(Slot slot, Evidence evidence) {
    var attempt = slot.attempt();
    var ruling = rules.decide(attempt, evidence, now, plan.today());
    switch (ruling.decision()) {
      case Settle settle -> {
        state.settled++;
        state.toBook.add(outcome(attempt, ruling.sends(), settle, evidence));
        state.slots.put(attempt.key(), slot.now(Doing.DECIDED));
      }
      case No no -> {
        if (no instanceof Decline) {
          state.declined++;
        }
        write(slot, ruling, evidence);
      }
      case Settling settling -> write(slot, ruling, evidence);
      case CloseDoor(var id, var then) -> {
        var known = attempt.with(ruling.sends());
        state.slots.put(attempt.key(), slot.closing(known));
        effects.add(new Effect.Close(known, id, then));
      }
      case Ask ask -> ask(slot, ruling.sends(), ask, evidence);
    }
    if (state.declinesTooMany(plan)) {
      stop(Finding.TOO_MANY_DECLINES);
    }
  }

  private void write(Slot slot, Ruling ruling, Evidence evidence) {
    state.toWrite.add(outcome(slot.attempt(), ruling.sends(), ruling.decision(), evidence));
    state.slots.put(slot.attempt().key(), slot.now(Doing.DECIDED));
  }

  /** A doubt keeps its slot until the gateway has answered a question about it. */
  private void ask(Slot slot, Sends sends, Ask ask, Evidence evidence) {
    var attempt = slot.attempt().with(sends);
    var waiting = slot.waiting(attempt, ask.at(), ask.afterDuplicate());
    switch (evidence) {
      case Evidence.Silence() -> state.slots.put(attempt.key(), waiting);
      case Evidence.Answer answer -> {
        state.toWrite.add(outcome(attempt, sends, ask, evidence));
        state.slots.put(attempt.key(), waiting);
      }
      case Evidence.Closing(var reply, var then) when !reply.isNoAnswer() -> park(waiting);
      case Evidence.Closing lost -> state.slots.put(attempt.key(), waiting);
      case Evidence.Found found when questionFailed(found) ->
          state.slots.put(attempt.key(), waiting);
      case Evidence.Found found -> {
        state.toWrite.add(outcome(attempt, sends, ask, evidence));
        park(waiting);
      }
    }
  }

  private void park(Slot waiting) {
    state.slots.remove(waiting.attempt().key());
    state.parked.put(waiting.attempt().key(), waiting);
    state.stuckSince = null;
    if (state.parked.values().stream().filter(this::counts).count() > plan.maxDoubts()) {
      stop(Finding.TOO_MANY_DOUBTS);
    }
  }

  /** What the gateway holds of earlier runs past its horizon shows no outage of tonight. */
  private boolean counts(Slot doubt) {
    return !doubt.older()
        || now.isBefore(rules.horizonFrom(AttemptRules.lastSent(doubt.attempt())));
  }

  private boolean questionFailed(Evidence.Found found) {
    if (found.all().stream().anyMatch(AccountRefused.class::isInstance)) {
      stop(Finding.ACCOUNT_REFUSED);
    }
    return GatewayReply.isUnanswered(found.all());
  }

  /** An attempt that ended long ago: what came of it since, before a younger one is claimed. */
  private void heardLate(Slot slot, Evidence evidence) {
    var attempt = slot.attempt();
    state.slots.remove(attempt.key());
    switch (evidence) {
      case Evidence.Found found when questionFailed(found) -> inDoubt(attempt);
      case Evidence.Found found -> foundLate(slot, Late.of(attempt, found.all()), evidence);
      // It was the only thing that could still have become a charge.
      case Evidence.Closing(GatewayReply.Closed closed, No then) ->
          looked(attempt, true, List.of());
      case Evidence.Closing closing -> inDoubt(attempt);
      case Evidence.Silence silence -> inDoubt(attempt);
      case Evidence.Answer answer -> inDoubt(attempt);
    }
  }

  private void foundLate(Slot slot, Late late, Evidence evidence) {
    var attempt = slot.attempt();
    var door = late.door();
    if (late.settle() != null) {
      state.toBook.add(outcome(attempt, late.sends(), late.settle(), evidence));
      state.slots.put(attempt.key(), slot.now(Doing.DECIDED));
      looked(attempt, false, late.differences());
    } else if (door != null && late.isLastDoor()) {
      looked(attempt, false, late.differences());
      state.slots.put(attempt.key(), slot.now(Doing.CLOSING));
      effects.add(new Effect.Close(attempt, door, AttemptRules.undecidedThere()));
    } else {
      looked(attempt, late.clear(), late.differences());
      state.stuckSince = null;
      if (!late.clear()) {
        inDoubt(attempt);
      }
    }
  }

  private void looked(Attempt attempt, boolean clear, List<Difference> differences) {
    if (clear || !differences.isEmpty()) {
      state.toMark.add(new Looked(attempt.key(), clear, differences));
    }
  }

  private void inDoubt(Attempt attempt) {
    state.siblingsInDoubt.add(attempt.key());
  }

  void written(Set<ChargeKey> written) {
    for (var outcome : state.writing) {
      if (!isNote(outcome)) {
        state.slots.remove(outcome.key());
      }
      if (outcome.decision() instanceof Repeat repeat && written.contains(outcome.key())) {
        state.nothingLeft = state.nothingLeft && repeat.notBefore() != null;
        state.nextNotBefore = RunState.earlier(state.nextNotBefore, repeat.notBefore());
      }
    }
    state.writing.clear();
  }

  void booked(Booked booked) {
    state.booking.forEach(outcome -> state.slots.remove(outcome.key()));
    state.booking.clear();
    if (booked.schemaAtFault()) {
      stop(Finding.APP_SQL);
    }
  }

  void marked() {
    state.marking.clear();
    state.nothingLeft = false;
  }

  void held() {
    state.holding = false;
  }

  /** What an effect was about stays as it is in the database; the next run begins from there. */
  void failed(Effect effect, Finding finding) {
    switch (effect) {
      case Effect.ReadSent e -> state.reading = false;
      case Effect.Enqueue e -> state.reading = false;
      case Effect.ReadSiblings e -> state.reading = false;
      case Effect.Claim e -> state.claiming = false;
      case Effect.Write e -> {
        state.writing.forEach(outcome -> state.slots.remove(outcome.key()));
        state.writing.clear();
      }
      case Effect.Book e -> {
        state.booking.forEach(outcome -> state.slots.remove(outcome.key()));
        state.booking.clear();
      }
      case Effect.Mark e -> state.marking.clear();
      case Effect.HoldDeclines e -> state.holding = false;
      case Effect.Send(var attempt) -> state.slots.remove(attempt.key());
      case Effect.Find(var attempt, var afterDuplicate) -> state.slots.remove(attempt.key());
      case Effect.Close(var attempt, var id, var then) -> state.slots.remove(attempt.key());
      case Effect.Finish e -> {}
    }
    stop(finding);
  }

  void stop(Finding finding) {
    state.findings.add(finding);
  }

  /** Evidence for the history; the attempt stays as it is and keeps what is under way. */
  static boolean isNote(Outcome outcome) {
    return outcome.decision() instanceof Ask;
  }

  private static Outcome outcome(
      Attempt attempt, Sends sends, Decision decision, Evidence evidence) {
    return new Outcome(attempt.key(), attempt.sendNo(), sends, decision, Words.of(evidence));
  }
}
