package billing.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import billing.modelcheck.Config.Guard;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulated store that the model is checked with, against the real one: random sequences of the
 * same calls, the same answers and the same rows. {@code -Dstore.seed} and {@code -Dstore.count}
 * choose the sequences, see docs/proof.md.
 */
class StoreComparisonTest {

  private static final long SEED = Long.getLong("store.seed", 1);

  /** Within so many every kind of answer comes up. */
  private static final int ENOUGH = 50;

  private static final int COUNT = Integer.getInteger("store.count", ENOUGH);

  /** Sequences within which a missing guard must be noticed. */
  private static final int SOON = 30;

  @Test
  void theSimulatedStoreDoesAsTheRealOne() throws SQLException {
    try (var comparison = new StoreComparison(Set.of())) {
      var start = System.nanoTime();
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        var parting = comparison.run(seed);
        var text = parting == null ? null : "-Dstore.seed=" + seed + ": " + parting.text();
        assertThat(text).isNull();
      }
      System.err.printf(
          "%,d sequences of %,d calls in %.1f s: %s%n",
          COUNT, comparison.compared, (System.nanoTime() - start) / 1e9, comparison.kinds);
      if (COUNT >= ENOUGH) {
        assertThat(comparison.kinds).containsKeys("Book", "Claimed", "Fenced", "Paused", "Written");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FENCE", "RECHECK", "LATE_APPROVAL"})
  void aSimulationWithoutAGuardIsTold(Guard guard) throws SQLException {
    try (var comparison = new StoreComparison(EnumSet.of(guard))) {
      for (long seed = 1; seed <= SOON; seed++) {
        var parting = comparison.run(seed);
        if (parting != null) {
          assertThat(parting.calls()).as(parting.text()).hasSizeLessThan(10);
          return;
        }
      }
    }
    throw new AssertionError("a simulation without " + guard + " is not noticed");
  }
}
