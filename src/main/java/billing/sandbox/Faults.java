package billing.sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Chooses what goes wrong with each request: by a script, and where that is silent by the dice.
 *
 * <p>The dice are thrown from the seed, the request's key and how often it came, not from the order
 * in which threads happen to arrive. Safe for many threads.
 */
public final class Faults {

  private static final class Rule {
    private final Match match;
    private final Fault fault;
    private int left;

    Rule(Match match, Fault fault, int times) {
      this.match = match;
      this.fault = fault;
      this.left = times;
    }
  }

  private record Counted(String door, Operation operation, String key) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Rule> script = new ArrayList<>();
  private final Map<Counted, Integer> counts = new HashMap<>();
  private volatile Weather weather;

  Faults(Weather weather) {
    this.weather = weather;
  }

  public Weather weather() {
    return weather;
  }

  /** From now on. The script stays. */
  public void weather(Weather now) {
    weather = now;
  }

  /** The next request that matches meets this fault, once. Earlier lines come first. */
  public void next(Match match, Fault fault) {
    next(match, fault, 1);
  }

  /** The next so many that match. */
  public void next(Match match, Fault fault, int times) {
    lock.lock();
    try {
      script.add(new Rule(match, fault, times));
    } finally {
      lock.unlock();
    }
  }

  /** Every request that matches, until {@link #clear}. */
  public void always(Match match, Fault fault) {
    next(match, fault, Integer.MAX_VALUE);
  }

  /** Forgets the script; the weather stays. */
  public void clear() {
    lock.lock();
    try {
      script.clear();
    } finally {
      lock.unlock();
    }
  }

  Fault choose(Call call) {
    var key = call.key() == null ? "" : call.key();
    lock.lock();
    try {
      var number = counts.merge(new Counted(call.door(), call.operation(), key), 1, Integer::sum);
      for (var rule : script) {
        if (rule.left > 0 && rule.match.matches(call, number)) {
          rule.left--;
          script.removeIf(r -> r.left == 0);
          return rule.fault;
        }
      }
      return thrown(call, key, number);
    } finally {
      lock.unlock();
    }
  }

  private Fault thrown(Call call, String key, int number) {
    var now = weather;
    if (now.chances().isEmpty()) {
      return Fault.NONE;
    }
    var salt = key.hashCode() * 31L + call.operation().name().hashCode() * 1_000_003L + number;
    var dice = new SplittableRandom(new SplittableRandom(now.seed()).nextLong() ^ salt);
    for (var chance : now.chances()) {
      var struck = dice.nextDouble() < chance.probability();
      if (struck && (chance.operation() == null || chance.operation() == call.operation())) {
        return chance.fault();
      }
    }
    return Fault.NONE;
  }
}
