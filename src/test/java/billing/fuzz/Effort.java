package billing.fuzz;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * How much is tried: {@code -Dfuzz.count=N} cases of each kind from {@code -Dfuzz.seed=S} on;
 * without a count as many as fit into a few seconds of the build. Case {@code S} alone is {@code
 * -Dfuzz.seed=S -Dfuzz.count=1}.
 */
public final class Effort {

  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final long COUNT = Long.getLong("fuzz.count", 0);

  private Effort() {}

  /** Runs the cases, each with a seed of its own. */
  public static void run(String what, long inTheBuild, Duration atMost, LongConsumer oneCase) {
    var end = System.nanoTime() + atMost.toNanos();
    var count = COUNT == 0 ? inTheBuild : COUNT;
    long done = 0;
    while (done < count && (COUNT > 0 || System.nanoTime() < end)) {
      var seed = SEED + done++;
      try {
        oneCase.accept(seed);
      } catch (AssertionError | RuntimeException wrong) {
        throw new AssertionError(
            what + ", again with -Dfuzz.seed=" + seed + " -Dfuzz.count=1: " + wrong, wrong);
      }
    }
    System.out.println("fuzz: " + done + " cases of " + what + ", seeds from " + SEED);
  }
}
