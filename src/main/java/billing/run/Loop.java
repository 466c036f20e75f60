package billing.run;

import billing.rules.Effect;
import billing.rules.Event;
import billing.rules.RunRules;
import billing.rules.RunState;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The run: one thread takes events from the queue, asks the rules, and hands out the effects.
 * Nothing is decided here and nothing else changes the state.
 */
final class Loop {

  /** Where time alone should lead to something and does not at once, it is looked at this often. */
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(20);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final RunRules rules;
  private final BlockingQueue<Event> events;
  private final RunClock clock;
  private final Consumer<Effect> hands;
  private final Consumer<RunState> watcher;

  /**
   * @param hands does an effect without keeping the caller, and posts the event that ends it
   * @param watcher sees each state, for progress
   */
  Loop(
      RunRules rules,
      BlockingQueue<Event> events,
      RunClock clock,
      Consumer<Effect> hands,
      Consumer<RunState> watcher) {
    this.rules = rules;
    this.events = events;
    this.clock = clock;
    this.hands = hands;
    this.watcher = watcher;
  }

  /** Drives the run until the rules have finished it. */
  RunState drive() throws InterruptedException {
    var state = new RunState();
    Event event = new Event.Started();
    while (true) {
      var step = rules.advance(state, event, clock.now());
      state = step.state();
      step.effects().forEach(hands);
      watcher.accept(state);
      if (state.finished()) {
        return state;
      }
      event = next(state);
    }
  }

  private Event next(RunState state) throws InterruptedException {
    var now = clock.now();
    var wait = rules.wakeAt(state).map(at -> Duration.between(now, at)).orElse(LONGEST_WAIT);
    if (wait.compareTo(SHORTEST_WAIT) < 0) {
      wait = SHORTEST_WAIT;
    } else if (wait.compareTo(LONGEST_WAIT) > 0) {
      wait = LONGEST_WAIT;
    }
    var event = events.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    return event == null ? new Event.Tick() : event;
  }
}
