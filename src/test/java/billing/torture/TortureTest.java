package billing.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A short torture in every build, a long one by {@code -Dtorture.minutes=60}: docs/proof.md. */
class TortureTest {

  private static final double MINUTES =
      Double.parseDouble(System.getProperty("torture.minutes", "3.5"));
  private static final long SEED = Long.getLong("torture.seed", 1);

  /** What even a short one meets. */
  private static final List<Edge> SHORT =
      List.of(
          Edge.RUNNER_KILLED,
          Edge.DATABASE_KILLED,
          Edge.RUNNER_STOPPED,
          Edge.CONNECTIONS_CUT,
          Edge.DATABASE_STALLED,
          Edge.GATEWAY_STALLED,
          Edge.LOCK_KILLED,
          Edge.FENCED,
          Edge.DATABASE_LOST,
          Edge.PERMIT_EXPIRED,
          Edge.RESTORED,
          Edge.RESOLVED_SETTLED,
          Edge.FOUND_BY_LOOKUP,
          Edge.PAID_ELSEWHERE,
          Edge.DECLINED);

  /** Side by side: each has processes, servers and a database of its own, and mostly waits. */
  @Test
  void nothingIsChargedTwiceLostOrLeftUnbooked() throws Exception {
    var gateways = List.of(System.getProperty("torture.gateways", "stripe,nmi").split(",", -1));
    var needed = MINUTES < 10 ? SHORT : List.of(Edge.values());
    try (var threads = Executors.newFixedThreadPool(gateways.size())) {
      var tortures = new ArrayList<Future<Verdict>>();
      for (var gateway : gateways) {
        tortures.add(threads.submit(() -> tortured(gateway, needed)));
      }
      for (int i = 0; i < gateways.size(); i++) {
        var verdict = tortures.get(i).get();
        assertThat(verdict.problems()).as(verdict.text()).isEmpty();
        assertThat(verdict.missing(gateways.get(i), needed))
            .as("edges that never happened void it: %s", verdict.text())
            .isEmpty();
      }
    }
  }

  private static Verdict tortured(String gateway, List<Edge> needed) throws Exception {
    var verdict = Torture.run(gateway, Duration.ofSeconds((long) (MINUTES * 60)), SEED, needed);
    System.out.println(gateway + ", " + MINUTES + " minutes, seed " + SEED + ": " + verdict.text());
    return verdict;
  }
}
