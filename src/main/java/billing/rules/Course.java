package billing.rules;

import billing.model.ChargeKey;
import billing.model.Outcome;
import billing.rules.Slot.Doing;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a run goes from a state: what is written, asked, read and claimed next, and when it ends.
 */
final class Course {

  private static final Set<Doing> LEADS_NOWHERE_YET =
      EnumSet.of(Doing.WAITING, Doing.ASKING, Doing.CLOSING);

  private final RunPlan plan;
  private final RunState state;
  private final Instant now;
  private final List<Effect> effects;
  private final Asking asking;

  Course(RunPlan plan, Turn turn) {
    this.plan = plan;
    this.state = turn.state;
    this.now = turn.now;
    this.effects = turn.effects;
    this.asking = new Asking(plan, turn);
  }

  Step goOn() {
    if (!state.finished) {
      checkTime();
      write();
      asking.due();
      takeIn();
      asking.parked();
      end();
    }
    return new Step(state, List.copyOf(effects));
  }

  private void checkTime() {
    if (state.heldUntil != null && !now.isBefore(state.heldUntil)) {
      state.heldUntil = null;
    }
    if (plan.isOver(now)) {
      state.findings.add(Finding.STOP_AFTER);
    }
    var full =
        state.slots.size() >= plan.concurrency()
            && state.slots.values().stream().allMatch(s -> LEADS_NOWHERE_YET.contains(s.doing()));
    state.stuckSince = !full ? null : state.stuckSince == null ? now : state.stuckSince;
    if (state.stuckSince != null && !now.isBefore(silentAt(plan, state.stuckSince))) {
      state.findings.add(Finding.GATEWAY_SILENT);
    }
  }

  private static Instant silentAt(RunPlan plan, Instant since) {
    var wait = plan.recoveryWait();
    return since.plus(wait.compareTo(Limits.SHORTEST_SILENCE) > 0 ? wait : Limits.SHORTEST_SILENCE);
  }

  private void write() {
    if (state.booking.isEmpty() && !state.toBook.isEmpty()) {
      take(state.toBook, state.booking);
      effects.add(new Effect.Book(List.copyOf(state.booking)));
    }
    if (state.findings.stream().anyMatch(Finding::endsNoes)) {
      // Someone else may hold the fence: what we would have said no to stays SENT.
      state.toWrite.stream().filter(o -> !Turn.isNote(o)).forEach(o -> state.slots.remove(o.key()));
      state.toWrite.clear();
      state.toMark.clear();
    }
    if (state.findings.contains(Finding.TOO_MANY_DECLINES) && !state.held) {
      // Before one more decline is written: if we die, the next run would tell their customers.
      state.held = true;
      state.holding = true;
      effects.add(new Effect.HoldDeclines());
    }
    if (state.writing.isEmpty() && !state.holding && !state.toWrite.isEmpty()) {
      take(state.toWrite, state.writing);
      effects.add(new Effect.Write(List.copyOf(state.writing)));
    }
    if (state.marking.isEmpty() && !state.toMark.isEmpty()) {
      state.marking.addAll(state.toMark);
      state.toMark.clear();
      effects.add(new Effect.Mark(List.copyOf(state.marking)));
    }
  }

  private void take(List<Outcome> from, List<Outcome> to) {
    var keys = new HashSet<ChargeKey>();
    for (var outcomes = from.iterator(); outcomes.hasNext() && to.size() < plan.batch(); ) {
      var outcome = outcomes.next();
      // A note and what follows from it are two writes of one row, in their order.
      if (keys.add(outcome.key())) {
        to.add(outcome);
        outcomes.remove();
      }
    }
  }

  private void takeIn() {
    if (!state.findings.isEmpty()) {
      return;
    }
    if (!state.recovered) {
      if (!state.reading && state.room(plan) > 0) {
        state.reading = true;
        effects.add(
            new Effect.ReadSent(state.recoveredTo, Math.min(Limits.PAGE, state.room(plan))));
      }
      return;
    }
    if (plan.limit() == 0) {
      return;
    }
    var waiting = state.added - state.claimed;
    if (!state.queued && !state.reading && (waiting < 2 * plan.window() || state.nothingLeft)) {
      state.reading = true;
      effects.add(new Effect.Enqueue());
    }
    if (mayClaim()) {
      state.claiming = true;
      effects.add(new Effect.Claim(Math.min(Math.min(plan.batch(), roomToSend()), leftOfLimit())));
    }
    if (state.queued
        && state.nothingLeft
        && !state.siblingsRead
        && !state.reading
        && state.room(plan) > 0) {
      state.reading = true;
      effects.add(
          new Effect.ReadSiblings(state.siblingsTo, Math.min(Limits.PAGE, state.room(plan))));
    }
  }

  /** Half a batch of room, so that a claim's commit serves many; less only where no more comes. */
  private boolean mayClaim() {
    var enough = Math.min(Math.min(plan.batch(), plan.concurrency()), leftOfLimit());
    var waits = state.nextNotBefore != null && !state.nextNotBefore.isAfter(now);
    return !state.claiming
        && (state.added > 0 || state.queued)
        && (!state.nothingLeft || waits)
        && leftOfLimit() > 0
        && state.heldUntil == null
        && roomToSend() >= (enough + 1) / 2;
  }

  private void end() {
    var intakeEnds =
        !state.findings.isEmpty()
            || (state.recovered
                && (leftOfLimit() == 0
                    || (state.queued && state.nothingLeft && state.siblingsRead)));
    if (!intakeEnds) {
      state.waitUntil = null;
    } else if (state.waitUntil == null && isNothingSent()) {
      state.waitUntil = RunState.earlier(now.plus(plan.recoveryWait()), plan.stopAt());
    }
    if (state.waitUntil == null || handsFull()) {
      return;
    }
    var next = nextOfInterest(plan, state);
    if (next == null || next.isAfter(state.waitUntil) || state.waitIsOver(now)) {
      state.finished = true;
      effects.add(new Effect.Finish());
    }
  }

  /**
   * From then on doubts are waited for, and attempts whose time comes soon. Questions, and what
   * follows from them, may overlap for ever, so the wait does not begin anew with each.
   */
  private boolean isNothingSent() {
    return !state.reading
        && !state.claiming
        && state.slots.values().stream().noneMatch(s -> s.doing() == Doing.SENDING);
  }

  /** Whether anything is under way that ends by itself. */
  private boolean handsFull() {
    return state.reading
        || state.claiming
        || !state.booking.isEmpty()
        || !state.writing.isEmpty()
        || !state.marking.isEmpty()
        || state.holding
        || state.slots.values().stream().anyMatch(s -> s.doing() != Doing.WAITING);
  }

  /** A batch beyond the free places waits for one, with its permits running. */
  private int roomToSend() {
    return state.slowSince == null
        ? state.room(plan)
        : Math.min(state.room(plan), plan.concurrency() - state.atTheGateway());
  }

  private int leftOfLimit() {
    return plan.limit() - state.claimed;
  }

  /** The next doubt to ask about, or the next attempt that waits for its time. */
  private static @Nullable Instant nextOfInterest(RunPlan plan, RunState state) {
    var takesIn = state.findings.isEmpty() && state.claimed < plan.limit();
    var next = takesIn ? state.nextNotBefore : null;
    for (var slot : state.slots.values()) {
      next = slot.doing() == Doing.WAITING ? RunState.earlier(next, slot.at()) : next;
    }
    for (var slot : state.parked.values()) {
      next = RunState.earlier(next, slot.at());
    }
    return next;
  }

  static Optional<Instant> wakeAt(RunPlan plan, RunState state) {
    var next = nextOfInterest(plan, state);
    next = RunState.earlier(next, state.heldUntil);
    next = RunState.earlier(next, state.waitUntil);
    if (!state.findings.contains(Finding.STOP_AFTER)) {
      next = RunState.earlier(next, plan.stopAt());
    }
    if (state.stuckSince != null && !state.findings.contains(Finding.GATEWAY_SILENT)) {
      next = RunState.earlier(next, silentAt(plan, state.stuckSince));
    }
    return Optional.ofNullable(next);
  }
}
