package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the matter with one invoice stops no other. */
@Timeout(120)
class OneAmongManyTest {

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void twoEqualInvoicesOnOneCardAreBothCharged(String override) {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=2s,duplicate-override=" + override)) {
      scene.kind = "nmi";
      scene.recoveryWait = Duration.ofSeconds(30);
      scene.invoice(1001, "79.00", "V77").invoice(1002, "79.00", "V77").enroll();

      var report = scene.charge();

      assertThat(report.findings()).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.states(1002)).as(scene.story(1002)).containsExactly("SETTLED");
      scene.judge();
    }
  }

  @Test
  void aDetachedCardIsAPersonsWorkAndNotTheEndOfTheNight() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoice(1001, "79.00", "pm_detached").invoices(1002, 20, scene.good()).enroll();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      assertThat(scene.count("charge_differences WHERE kind = 'NOT_CHARGEABLE'")).isEqualTo(1);
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(20);
      scene.judge();
    }
  }

  @Test
  void aWindowFullOfHeldChargesKeepsNobodyWaiting() {
    try (var scene = new Scene("latency=5ms,lag=0ms,duplicate-window=0ms")) {
      scene.kind = "nmi";
      scene.timings = Scene.SHORT;
      scene.concurrency = 4;
      scene.recoveryWait = Duration.ofSeconds(6);
      scene.invoices(1001, 4, "V-HELD-").invoices(1005, 4, scene.good()).enroll();

      assertThat(scene.charge().exitCode()).isEqualTo(3);

      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(4);
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isEqualTo(4);
      assertThat(scene.reconcile().exitCode()).isEqualTo(3);
      assertThat(scene.charge().exitCode()).isEqualTo(3);
      scene
          .sandbox
          .ledger()
          .charges()
          .forEach(c -> scene.sandbox.ledger().decide(c.id(), true, "100", "SUCCESS"));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(8);
      scene.judge();
    }
  }
}
