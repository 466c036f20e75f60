package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Effect;
import billing.rules.Finding;
import billing.store.Migrations;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MigrateTest {

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

  private static void upgrade(Scene scene) {
    scene.schema.owner(
        "DELETE FROM billing_schema_history WHERE version = '" + Migrations.NEWEST + "';");
    var report =
        new Migrate(scene.schema.ownerSettings(), "another host", "newer").run(Duration.ZERO);
    assertThat(report.applied()).hasSize(1);
  }
}
