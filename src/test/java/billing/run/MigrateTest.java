package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Effect;
import billing.rules.Finding;
import billing.store.Migrations;
import billing.store.RunLock;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MigrateTest {

  private static final String OLDER =
      "DELETE FROM billing_schema_history WHERE version = '" + Migrations.NEWEST + "';";
  private static final String WAITERS =
      "information_schema.processlist WHERE info LIKE '%GET_LOCK(%' AND db = DATABASE()"
          + " AND id <> CONNECTION_ID()";
  private static final Duration WAIT = Duration.ofSeconds(20);

  /** It runs where no lock is seen, as on a cluster, and knows the tables as they were. */
  @Test
  void anOlderRunAtWorkIsFencedOffByTheUpgrade() {
    try (var scene = new Scene("latency=5ms,lag=50ms")) {
      scene.invoices(1001, 6, scene.good()).enroll();
      scene.concurrency = 2;
      scene.withLock = false;
      var upgraded = new AtomicBoolean();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Claim && !upgraded.getAndSet(true)) {
              upgrade(scene);
            }
          };

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.FENCED);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(scene.sandbox.ledger().standing()).isEmpty();
      scene.trace = effect -> {};
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(6);
      scene.judge();
    }
  }

  /** The other one has done it all: on a cluster a run of another node may have begun since. */
  @Test
  void whoWaitedForAnotherUpgradeFencesOffNobody() throws Exception {
    try (var scene = new Scene("latency=5ms,lag=50ms")) {
      scene.enroll();
      var owner = scene.schema.ownerSettings();
      scene.schema.owner(OLDER);
      var waiting = new FutureTask<>(() -> new Migrate(owner, "b", "t").run(WAIT));
      if (!(RunLock.take(owner, Duration.ZERO) instanceof RunLock.Taking.Held(var other))) {
        throw new AssertionError("the lock is taken");
      }
      try (other) {
        Thread.ofVirtual().start(waiting);
        awaitTheWaiter(scene);
        Migrations.migrate(owner);
      }

      assertThat(waiting.get().applied()).isEmpty();
      assertThat(scene.count("billing_runs WHERE command = 'migrate'")).isZero();
    }
  }

  private static void awaitTheWaiter(Scene scene) throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      if (scene.count(WAITERS) > 0) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("nobody waits for the lock");
  }

  private static void upgrade(Scene scene) {
    scene.schema.owner(OLDER);
    var report =
        new Migrate(scene.schema.ownerSettings(), "another host", "newer").run(Duration.ZERO);
    assertThat(report.applied()).hasSize(1);
  }
}
