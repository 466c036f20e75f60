package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Effect;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A charge that takes effect when nobody waits for it any more. */
@Timeout(120)
class LateChargeTest {

  /** The question is asked before the horizon and answered after it. */
  @Test
  void anAbsenceCountsFromWhenItWasAskedFor() {
    try (var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,idempotency=off")) {
      scene.timeout = Duration.ofSeconds(2);
      scene.timings = Scene.SHORT; // horizon: 0.6 + 2 + 0.1 + 0.2 + 0.4 + 1 = 4.3 s
      scene.invoices(1001, 1, scene.good()).enroll();
      scene
          .sandbox
          .faults()
          .next(Match.CHARGE, Fault.of(Kind.EFFECT_LATE, Duration.ofMillis(2800)));
      dieAtTheFirstQuestion(scene);
      var once = new AtomicBoolean();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Find && !once.getAndSet(true)) {
              awaitAfterTheSend(scene, Duration.ofMillis(2550));
              scene
                  .sandbox
                  .faults()
                  .next(Match.LOOKUP, Fault.of(Kind.REPLY_LATE, Duration.ofMillis(1900)));
            }
          };

      scene.charge();
      scene.trace = effect -> {};
      scene.chargeUntilDone();

      assertThat(scene.states(1001)).containsExactly("SETTLED");
      scene.judgeCharges();
    }
  }

  @Test
  void oneThatWasGivenBackIsADifferenceAndHoldsNobodyUpInSilence() throws Exception {
    try (var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms")) {
      scene.kind = "nmi";
      scene.timeout = Duration.ofMillis(500);
      scene.timings = Scene.SHORT;
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.EFFECT_LATE, Duration.ofSeconds(14)));
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
      scene.chargeUntilDone();
      assertThat(scene.states(1001)).containsExactly("DECLINED");
      var giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (scene.sandbox.ledger().standing().isEmpty() && System.nanoTime() < giveUp) {
        Thread.sleep(100);
      }
      scene.sandbox.ledger().reverse(scene.sandbox.ledger().standing().getFirst().id());

      var report =
          scene.charge(
              new ChargeOrder(Scene.retryDay(), Set.of(), Integer.MAX_VALUE, Duration.ZERO));

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.schema.column("SELECT kind FROM charge_differences WHERE state = 'OPEN'"))
          .containsExactly("REVERSED");
      assertThat(scene.sandbox.ledger().standing()).as("blocked, and so not charged").isEmpty();
    }
  }

  private static void dieAtTheFirstQuestion(Scene scene) {
    scene.trace =
        effect -> {
          if (effect instanceof Effect.Find) {
            throw new Killed(effect);
          }
        };
    try {
      scene.charge();
    } catch (Killed expected) {
      // the next one finishes it
    }
  }

  private static void awaitAfterTheSend(Scene scene, Duration time) {
    var sent =
        LocalDateTime.parse(
                scene.schema.one("SELECT last_sent_at FROM charge_attempts").replace(' ', 'T'))
            .toInstant(ZoneOffset.UTC);
    try {
      Thread.sleep(Math.max(0, Duration.between(Instant.now(), sent.plus(time)).toMillis()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
