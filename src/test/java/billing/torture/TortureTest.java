package billing.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A short torture in every build, a long one by {@code -Dtorture.minutes=60}: docs/proof.md. */
class TortureTest {

  private static final double MINUTES =
      Double.parseDouble(System.getProperty("torture.minutes", "1.5"));
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
          Edge.KEYS_FORGOTTEN,
          Edge.FOUND_BY_LOOKUP,
          Edge.PAID_ELSEWHERE,
          Edge.DECLINED);

  static List<String> gateways() {
    return List.of(System.getProperty("torture.gateways", "stripe,nmi").split(",", -1));
  }

  @ParameterizedTest
  @MethodSource("gateways")
  void nothingIsChargedTwiceLostOrLeftUnbooked(String gateway) throws Exception {
    var verdict = Torture.run(gateway, Duration.ofSeconds((long) (MINUTES * 60)), SEED);
    System.out.println(gateway + ", " + MINUTES + " minutes, seed " + SEED + ": " + verdict.text());

    assertThat(verdict.problems()).as(verdict.text()).isEmpty();
    var needed = MINUTES < 10 ? SHORT : List.of(Edge.values());
    assertThat(verdict.missing(gateway, needed)).as("edges that never happened void it").isEmpty();
  }
}
