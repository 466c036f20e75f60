package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Timings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run dies before each of its effects in turn; the next runs finish what it left. */
class CrashTest {

  /**
   * Long enough for a request on loopback, short enough to wait for in every gap. The skew is a
   * second, since the gateways date in whole ones.
   */
  private static final Timings SHORT =
      new Timings(
          Duration.ofMillis(600),
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1));

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whateverTheGapNobodyIsChargedTwiceAndNothingIsLost(String kind) {
    try (var scene = new Scene("latency=20ms,lag=50ms,duplicate-window=0ms")) {
      scene.kind = kind;
      scene.concurrency = 1;
      scene.timeout = Duration.ofMillis(700);
      scene.timings = SHORT;
      scene.enroll();
      var killed = true;
      for (int gap = 0; killed; gap++) {
        var good = 1000 + 10 * gap;
        scene.invoices(good, 1, scene.good()).invoices(good + 1, 1, scene.poor());
        killed = diesBefore(scene, gap);

        scene.trace = effect -> {};
        scene.chargeUntilDone();

        scene.judge();
        assertThat(scene.states(good)).as(scene.story(good)).containsExactly("SETTLED");
        assertThat(scene.states(good + 1)).as(scene.story(good + 1)).containsExactly("DECLINED");
        assertThat(scene.mail.received()).as("mails after gap %d", gap).hasSize(2 * (gap + 1));
      }
    }
  }

  /** False once the run has fewer effects than that, and ends by itself. */
  private static boolean diesBefore(Scene scene, int gap) {
    var seen = new AtomicInteger();
    scene.trace =
        effect -> {
          if (seen.getAndIncrement() == gap) {
            throw new Killed(effect);
          }
        };
    try {
      scene.charge();
      return false;
    } catch (Killed expected) {
      return true;
    }
  }
}
