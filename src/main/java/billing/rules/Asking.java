package billing.rules;

import billing.rules.Slot.Doing;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Which doubts are asked about now, so that questions leave places for what is to be sent. */
final class Asking {

  private final RunPlan plan;
  private final RunState state;
  private final Instant now;
  private final List<Effect> effects;

  Asking(RunPlan plan, Turn turn) {
    this.plan = plan;
    this.state = turn.state;
    this.now = turn.now;
    this.effects = turn.effects;
  }

  /** Those that keep a slot, since no question about them was answered yet. */
  void due() {
    if (!mayAsk()) {
      state.slots.values().removeIf(s -> s.doing() == Doing.WAITING);
      state.parked.clear();
      return;
    }
    if (state.waitIsOver(now)) {
      return;
    }
    var places = leavesPlaces() ? share() : Integer.MAX_VALUE;
    state.slots.values().stream()
        .filter(s -> s.isDue(now))
        .sorted(Comparator.comparing(Slot::at))
        .limit(Math.max(0, places))
        .toList()
        .forEach(this::ask);
  }

  /**
   * Those that were looked up in vain, the one that waits longest first. Some are in doubt for
   * days, so they have a share of the places, and never the last ones.
   */
  void parked() {
    if (!mayAsk() || state.waitIsOver(now) || (state.slowSince != null && state.claiming)) {
      return;
    }
    var due =
        state.parked.values().stream()
            .filter(s -> s.isDue(now))
            .sorted(Comparator.comparing(Slot::at))
            .limit(Math.max(0, Math.min(state.room(plan), share())))
            .toList();
    for (var doubt : due) {
      state.parked.remove(doubt.attempt().key());
      ask(doubt);
    }
  }

  private void ask(Slot doubt) {
    state.slots.put(doubt.attempt().key(), doubt.now(Doing.ASKING));
    effects.add(new Effect.Find(doubt.attempt(), doubt.afterDuplicate()));
  }

  /** Where sends wait for places, questions that nobody answers would else have them all. */
  private boolean leavesPlaces() {
    return state.slowSince != null && !state.nothingLeft && state.findings.isEmpty();
  }

  private int share() {
    var asked =
        state.slots.values().stream()
            .filter(s -> s.doing() == Doing.ASKING || s.doing() == Doing.CLOSING)
            .count();
    return Math.max(1, plan.concurrency() / 2) - (int) asked;
  }

  private boolean mayAsk() {
    return state.findings.stream().noneMatch(Finding::endsAsking);
  }
}
