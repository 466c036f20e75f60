package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run dies before each of its effects in turn; the next runs finish what it left. */
class CrashTest {

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whateverTheGapNobodyIsChargedTwiceAndNothingIsLost(String kind) {
    try (var scene =
        new Scene("latency=20ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.kind = kind;
      scene.concurrency = 1;
      scene.timeout = Duration.ofMillis(700);
      scene.timings = Scene.SHORT;
      scene.enroll();
      var killed = true;
      var gap = 0;
      for (; killed; gap++) {
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
      assertThat(gap).as("effects of a run").isGreaterThan(8);
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
