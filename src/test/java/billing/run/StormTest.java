package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.Weather;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything goes wrong at once, from a seed: faults at the gateway, and runs that are killed. */
class StormTest {

  private static final String CALM =
      "latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off,idempotency=off";
  private static final String STORM =
      CALM
          + ",reset-before=0.03,reset-after=0.04,closed-after=0.03,silent-after=0.02,garbage=0.03"
          + ",truncated=0.03,empty=0.02,wrong-length=0.02,unavailable=0.02,effect-late=0.03:150ms"
          + ",lookup.reset-after=0.05,lookup-fails=0.05,close.reset-after=0.1,seed=";

  @ParameterizedTest
  @CsvSource({"stripe, 1", "stripe, 2", "nmi, 1", "nmi, 2"})
  void everyInvoiceEndsChargedOnceOrDeclinedOnce(String kind, long seed) {
    var random = new Random(seed);
    try (var scene = new Scene(CALM)) {
      scene.kind = kind;
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(700);
      scene.invoices(1001, 60, scene.good()).invoices(2001, 12, scene.poor()).enroll();
      scene.sandbox.faults().weather(Weather.parse(STORM + seed));

      for (int run = 0; run < 3; run++) {
        chargeAndDieBefore(scene, 5 + random.nextInt(60));
        scene.judgeCharges();
      }
      scene.trace = effect -> {};
      scene.sandbox.faults().weather(Weather.parse(CALM));
      var report = scene.chargeUntilDone();

      scene.judge();
      assertThat(scene.storiesIn("REVIEW")).isEmpty();
      assertThat(report.findings()).as("%s", report.trouble()).isEmpty();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(60);
      assertThat(scene.count("charge_attempts WHERE state = 'DECLINED'")).isEqualTo(12);
      assertThat(scene.mail.received()).hasSize(72);
    }
  }

  private static void chargeAndDieBefore(Scene scene, int nth) {
    var seen = new AtomicInteger();
    scene.trace =
        effect -> {
          if (seen.incrementAndGet() == nth) {
            throw new Killed(effect);
          }
        };
    try {
      scene.charge();
    } catch (Killed expected) {
      // the next one finishes it
    }
  }
}
