package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.rules.Effect;
import billing.rules.Finding;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.RunLock;
import billing.store.RunLock.Taking;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that is asked to stop: nothing new is sent, and what is in flight is finished. */
class StopTest {

  @ParameterizedTest
  @EnumSource(
      value = Finding.class,
      names = {"INTERRUPTED", "TERMINATED"})
  void whatIsInFlightIsFinishedAndTheNextRunDoesTheRest(Finding signal) {
    try (var scene =
        new Scene("latency=100ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.concurrency = 4;
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(700);
      scene.invoices(1001, 40, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE.key("SHOP-1002-1"), Fault.of(Kind.RESET_AFTER));

      var report = stoppedAtTheFirstBooking(scene, signal);

      assertThat(report.findings()).contains(signal);
      assertThat(report.exitCode()).isEqualTo(signal.exitCode());
      assertThat(scene.sandbox.ledger().standing()).hasSizeBetween(1, 8);
      assertThat(scene.states(1002)).as("the doubt is left to the next run").containsOnly("SENT");
      assertThat(scene.count("charge_attempts WHERE state = 'SENT'")).isEqualTo(1);
      // A signal ends the mail as well, which the next run sends.
      assertThat(scene.mail.received()).hasSizeLessThanOrEqualTo(scene.count("payments"));

      scene.trace = effect -> {};
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(40);
      assertThat(scene.mail.received()).hasSize(40);
      scene.judge();
    }
  }

  @Test
  void aReconcileThatWaitsForTheLockObeysToo() {
    try (var scene = new Scene("latency=5ms");
        var other = ((Taking.Held) RunLock.take(scene.login(), Duration.ZERO)).lock();
        var database = scene.database();
        var gateway = scene.gateway()) {
      var reconcile = scene.reconcile(database, gateway);
      reconcile.stop(Finding.TERMINATED);

      assertThatThrownBy(() ->
              reconcile.run(new ReconcileOrder(null, Scene.TODAY, false, Duration.ofSeconds(9))))
          .isInstanceOfSatisfying(
              RunRefused.class,
              refused -> assertThat(refused.exitCode()).isEqualTo(Finding.TERMINATED.exitCode()));
      assertThat(other.heartbeat().held()).isTrue();
    }
  }

  private static ChargeReport stoppedAtTheFirstBooking(Scene scene, Finding signal) {
    var stop = new AtomicReference<Runnable>(() -> {});
    scene.trace =
        effect -> {
          if (effect instanceof Effect.Book) {
            stop.getAndSet(() -> {}).run();
          }
        };
    try (var database = scene.database();
        var gateway = scene.gateway()) {
      var charge = scene.run(database, gateway);
      stop.set(() -> charge.stop(signal));
      return charge.run(new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));
    }
  }
}
