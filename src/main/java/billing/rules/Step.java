package billing.rules;

import java.util.List;

/** What an event leads to: the run's next state, and what is to be done, in this order. */
public record Step(RunState state, List<Effect> effects) {}
