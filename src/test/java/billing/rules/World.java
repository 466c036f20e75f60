package billing.rules;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.GatewayReply;
import billing.model.Order;
import billing.model.Outcome;
import billing.model.Sends;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run without a database, a network or a clock: the production rules drive a store and a gateway
 * that are maps. Every effect takes a moment of simulated time; time passes only here.
 */
public final class World {

  /** What the gateway says to a send and to a lookup of that attempt, at that time. */
  public Function<Attempt, GatewayReply> onSend = World::approve;

  public Function<Attempt, List<GatewayReply>> onFind =
      attempt -> List.of(new GatewayReply.NotFound());
  public Function<Attempt, GatewayReply> onClose = attempt -> new GatewayReply.Closed("txn");

  public final Map<ChargeKey, Attempt> attempts = new TreeMap<>();
  public final List<String> effects = new ArrayList<>();
  public final Set<ChargeKey> booked = new LinkedHashSet<>();
  public Instant now = Instant.parse("2026-11-23T02:00:00Z");
  public Duration latency = Duration.ofMillis(50);
  public RunState state = new RunState();
  public int mostUnderWay;

  /** How long the gateway takes, one exchange after the other; null: like everything else. */
  public @Nullable Duration oneByOne;

  /** How long the gateway takes to answer a question about that attempt, if not as everything. */
  public Function<Attempt, Duration> questionTakes = attempt -> latency;

  /** Whether a page that is being queued counts what it adds. */
  public BooleanSupplier countsQueued = () -> true;

  private record Due(Instant at, long order, Event event) {}

  private final RunRules rules;
  private final Queue<Due> queue =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
  private final Queue<List<Order>> pages = new ArrayDeque<>();
  private final Map<ChargeKey, Instant> notBefore = new HashMap<>();
  private long sequence;
  private Instant gatewayFree = Instant.MIN;

  public World(RunRules rules) {
    this.rules = rules;
  }

  /** A page of due invoices. */
  public World due(List<Order> page) {
    pages.add(List.copyOf(page));
    return this;
  }

  /** An attempt that an earlier run left behind. */
  public World left(Attempt attempt) {
    attempts.put(attempt.key(), attempt);
    return this;
  }

  /** Something from outside, so long after now. */
  public World later(Duration in, Event event) {
    post(now.plus(in), event);
    return this;
  }

  /** Runs to the end; fails where a run does not end within a simulated day. */
  public World run() {
    var deadline = now.plus(Duration.ofDays(1));
    step(new Event.Started());
    while (!state.finished()) {
      var wake = rules.wakeAt(state).orElse(deadline);
      var next = queue.peek();
      if (next != null && !next.at().isAfter(wake.isAfter(now) ? wake : now.plusMillis(20))) {
        queue.remove();
        now = next.at().isAfter(now) ? next.at() : now;
        step(next.event());
      } else {
        now = wake.isAfter(now) ? wake : now.plusMillis(20);
        step(new Event.Tick());
      }
      if (now.isAfter(deadline)) {
        throw new AssertionError("the run does not end: " + effects);
      }
    }
    return this;
  }

  public AttemptState stateOf(ChargeKey key) {
    return attempt(key).state();
  }

  public Attempt attempt(ChargeKey key) {
    return Objects.requireNonNull(attempts.get(key), key::value);
  }

  private void step(Event event) {
    var step = rules.advance(state, event, now);
    state = step.state();
    mostUnderWay = Math.max(mostUnderWay, state.underWay());
    step.effects().forEach(this::doIt);
  }

  private void doIt(Effect effect) {
    effects.add(name(effect));
    switch (effect) {
      case Effect.ReadSent(var after, var limit) -> {
        var page =
            attempts.values().stream()
                .filter(a -> a.state() == AttemptState.SENT && a.runNo() < 1)
                .filter(a -> after == null || a.key().compareTo(after) > 0)
                .limit(limit)
                .toList();
        soon(new Event.Recovered(page, page.size() < limit));
      }
      case Effect.Enqueue() -> {
        var page = pages.isEmpty() ? List.<Order>of() : pages.remove();
        page.forEach(o -> attempts.put(o.key(), pending(o)));
        soon(new Event.Queued(countsQueued.getAsBoolean() ? page.size() : 0, pages.isEmpty()));
      }
      case Effect.Claim(var limit) -> claim(limit);
      case Effect.ReadSiblings r -> soon(new Event.SiblingsRead(List.of(), List.of(), true));
      case Effect.Send(var attempt) ->
          exchange(heard(attempt, new Evidence.Answer(onSend.apply(attempt))));
      case Effect.Find(var attempt, var afterDuplicate) ->
          exchange(
              heard(attempt, new Evidence.Found(onFind.apply(attempt), Duration.ZERO, now)),
              questionTakes.apply(attempt));
      case Effect.Close(var attempt, var id, var then) ->
          exchange(heard(attempt, new Evidence.Closing(onClose.apply(attempt), then)));
      case Effect.Write(var outcomes) -> {
        outcomes.forEach(this::write);
        soon(new Event.Written(keys(outcomes)));
      }
      case Effect.Book(var outcomes) -> {
        outcomes.forEach(this::write);
        booked.addAll(keys(outcomes));
        soon(new Event.Booked(keys(outcomes), Set.of(), false));
      }
      case Effect.Mark(var siblings) -> soon(new Event.Marked());
      case Effect.HoldDeclines() -> soon(new Event.Held());
      case Effect.Finish() -> {}
    }
  }

  private void claim(int limit) {
    var ready =
        attempts.values().stream()
            .filter(a -> a.state() == AttemptState.PENDING)
            .filter(a -> !notBefore.getOrDefault(a.key(), now).isAfter(now))
            .toList();
    var sent = ready.stream().limit(limit).map(a -> sent(a, now)).toList();
    sent.forEach(a -> attempts.put(a.key(), a));
    var waiting =
        attempts.values().stream()
            .filter(a -> a.state() == AttemptState.PENDING)
            .map(a -> notBefore.getOrDefault(a.key(), now))
            .filter(at -> at.isAfter(now))
            .min(Comparator.naturalOrder());
    soon(new Event.Claimed(sent, ready.size() < limit, waiting.orElse(null), false));
  }

  private void write(Outcome outcome) {
    var a = attempt(outcome.key());
    if (outcome.decision() instanceof Decision.Repeat repeat && repeat.notBefore() != null) {
      notBefore.put(a.key(), repeat.notBefore());
    }
    attempts.put(a.key(), in(a, after(a, outcome.decision()), outcome.sends(), a.lastSentAt()));
  }

  private static AttemptState after(Attempt attempt, Decision decision) {
    return switch (decision) {
      case Decision.Settle d -> AttemptState.SETTLED;
      case Decision.Decline d -> AttemptState.DECLINED;
      case Decision.Repeat d -> AttemptState.PENDING;
      case Decision.Cancel d -> AttemptState.CANCELLED;
      case Decision.Review d -> AttemptState.REVIEW;
      case Decision.Ask d -> attempt.state();
      case Decision.Settling d -> attempt.state();
      case Decision.CloseDoor d -> throw new AssertionError("never written");
    };
  }

  private void soon(Event event) {
    post(now.plus(latency), event);
  }

  private void exchange(Event event) {
    exchange(event, latency);
  }

  private void exchange(Event event, Duration takes) {
    if (oneByOne == null) {
      post(now.plus(takes), event);
    } else {
      gatewayFree = (gatewayFree.isAfter(now) ? gatewayFree : now).plus(oneByOne);
      post(gatewayFree, event);
    }
  }

  private void post(Instant at, Event event) {
    queue.add(new Due(at, sequence++, event));
  }

  private static Event heard(Attempt attempt, Evidence evidence) {
    return new Event.Heard(attempt.key(), attempt.sendNo(), evidence);
  }

  private static Set<ChargeKey> keys(List<Outcome> outcomes) {
    return new LinkedHashSet<>(outcomes.stream().map(Outcome::key).toList());
  }

  /** The effect's name and how much it is about, as the real run's trace has it. */
  public static String name(Effect effect) {
    return switch (effect) {
      case Effect.Write(var outcomes) -> "Write " + outcomes.size();
      case Effect.Book(var outcomes) -> "Book " + outcomes.size();
      case Effect.Send(var attempt) -> "Send " + attempt.key();
      case Effect.Find(var attempt, var afterDuplicate) -> "Find " + attempt.key();
      case Effect.Close(var attempt, var id, var then) -> "Close " + attempt.key();
      case Effect.ReadSent e -> "ReadSent";
      case Effect.Enqueue e -> "Enqueue";
      case Effect.Claim(var limit) -> "Claim " + limit;
      case Effect.ReadSiblings e -> "ReadSiblings";
      case Effect.Mark e -> "Mark";
      case Effect.HoldDeclines e -> "HoldDeclines";
      case Effect.Finish e -> "Finish";
    };
  }

  public static GatewayReply approve(Attempt attempt) {
    return new GatewayReply.Approved("txn-" + attempt.key(), echo(attempt), null);
  }

  public static GatewayReply decline(Attempt attempt) {
    return new GatewayReply.Declined("funds", "no funds", false, null, echo(attempt), null);
  }

  public static GatewayReply undecided(Attempt attempt) {
    return new GatewayReply.Undecided("txn-" + attempt.key(), echo(attempt));
  }

  private static billing.model.Echo echo(Attempt attempt) {
    var o = attempt.order();
    return new billing.model.Echo(o.key().value(), o.amount(), null, null, null, null, null, null);
  }

  private static Attempt pending(Order order) {
    return new Attempt(
        order, AttemptState.PENDING, 0, Sends.NONE, null, null, null, null, 0, null, 0);
  }

  private static Attempt sent(Attempt a, Instant now) {
    return new Attempt(
        a.order(),
        AttemptState.SENT,
        a.sendNo() + 1,
        a.sends().begin(),
        a.firstSentAt() == null ? now : a.firstSentAt(),
        now,
        null,
        null,
        0,
        null,
        1);
  }

  private static Attempt in(
      Attempt a, AttemptState state, Sends sends, @Nullable Instant lastSentAt) {
    return new Attempt(
        a.order(), state, a.sendNo(), sends, a.firstSentAt(), lastSentAt, null, null, 0, null, 1);
  }
}
