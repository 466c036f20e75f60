package billing.rules;

import billing.rules.Event.Booked;
import billing.rules.Event.Claimed;
import billing.rules.Event.Failed;
import billing.rules.Event.Heard;
import billing.rules.Event.Held;
import billing.rules.Event.Marked;
import billing.rules.Event.Queued;
import billing.rules.Event.Recovered;
import billing.rules.Event.SiblingsRead;
import billing.rules.Event.Started;
import billing.rules.Event.Stopped;
import billing.rules.Event.Tick;
import billing.rules.Event.Written;
import java.time.Instant;
import java.util.Optional;

/**
 * The whole of a run's behaviour as one function: a state and an event in, a state and effects out.
 * The shell obeys; a simulated world can drive the very same function.
 */
public final class RunRules {

  private final RunPlan plan;
  private final AttemptRules rules;

  public RunRules(RunPlan plan, AttemptRules rules) {
    this.plan = plan;
    this.rules = rules;
  }

  /**
   * The next step. The given state stays as it is.
   *
   * @param now the database's time; never before that of an earlier step
   */
  public Step advance(RunState state, Event event, Instant now) {
    var turn = new Turn(plan, rules, new RunState(state), now);
    switch (event) {
      case Started() -> {}
      case Recovered(var page, var last) -> turn.recovered(page, last);
      case Queued(var added, var end) -> turn.queued(added, end);
      case Claimed claimed -> turn.claimed(claimed);
      case SiblingsRead read -> turn.siblingsRead(read);
      case Heard(var key, var sendNo, var evidence) -> turn.heard(key, sendNo, evidence);
      case Written written -> turn.written(written.written());
      case Booked booked -> turn.booked(booked);
      case Marked() -> turn.marked();
      case Held() -> turn.held();
      case Failed(var effect, var finding) -> turn.failed(effect, finding);
      case Stopped(var finding) -> turn.stop(finding);
      case Tick() -> {}
    }
    return new Course(plan, turn).goOn();
  }

  /** When time alone will lead to something; empty where only an event can. */
  public Optional<Instant> wakeAt(RunState state) {
    return Course.wakeAt(plan, state);
  }
}
