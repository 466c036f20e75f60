package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runs at once: with the lock one is turned away; without it fence and keys decide. */
class RivalsTest {

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void withTheLockOneOfTwoIsTurnedAway(String kind) throws Exception {
    try (var scene = new Scene("latency=20ms")) {
      scene.kind = kind;
      scene.enroll();
      for (int round = 0; round < 10; round++) {
        scene.invoices(1001 + 10 * round, 10, scene.good());

        var outcomes = together(scene::charge, scene::charge);

        assertThat(outcomes).contains("0");
        assertThat(outcomes).as("%s", outcomes).isSubsetOf("0", "refused 5");
        scene.judge();
      }
      everyInvoiceWasChargedOnce(scene, 100);
    }
  }

  /** As on a cluster, where the lock is local to a node, and two hosts have the same crontab. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void withoutTheLockTheFenceAndTheKeysDecide(String kind) throws Exception {
    try (var scene =
            new Scene(
                "latency=20ms,lag=50ms,duplicate-window=0ms,duplicate-override=off,idempotency=off");
        var other = new Scene(scene, Scene.freshStateDir())) {
      scene.kind = kind;
      scene.enroll();
      for (var one : List.of(scene, other)) {
        one.kind = kind;
        one.withLock = false;
        one.timeout = Duration.ofSeconds(1);
      }
      other.enrollLongAgo();
      for (int round = 0; round < 10; round++) {
        scene.invoices(1001 + 10 * round, 10, scene.good());

        together(scene::charge, other::charge);

        scene.judgeCharges();
      }
      scene.chargeUntilDone();
      everyInvoiceWasChargedOnce(scene, 100);
      scene.judge();
    }
  }

  @Test
  void theOneThatIsTurnedAwayIsToldByWhom() throws Exception {
    try (var scene = new Scene("latency=300ms")) {
      scene.invoices(1001, 5, scene.good()).enroll();
      var outcomes = together(scene::charge, scene::charge);

      assertThat(outcomes).contains("refused 5");
    }
  }

  private static void everyInvoiceWasChargedOnce(Scene scene, int invoices) {
    assertThat(scene.sandbox.ledger().standingByInvoice()).hasSize(invoices);
    assertThat(scene.sandbox.ledger().standingByInvoice().values()).containsOnly(1);
  }

  private static List<String> together(Callable<ChargeReport> one, Callable<ChargeReport> other)
      throws Exception {
    try (var threads = Executors.newFixedThreadPool(2)) {
      var outcomes = new ArrayList<String>();
      for (var run : List.of(threads.submit(safely(one)), threads.submit(safely(other)))) {
        outcomes.add(run.get());
      }
      return outcomes;
    }
  }

  private static Callable<String> safely(Callable<ChargeReport> run) {
    return () -> {
      try {
        return Integer.toString(run.call().exitCode());
      } catch (RunRefused e) {
        return "refused " + e.exitCode();
      }
    };
  }
}
