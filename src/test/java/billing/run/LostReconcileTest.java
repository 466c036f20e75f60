package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.store.Backup;
import billing.store.DatabaseProxy;
import billing.store.DatabaseProxy.Harm;
import billing.store.DatabaseTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each COMMIT of a reconciliation in turn, the adoptions' and the cure's among them, loses its
 * request or its answer. Repeating it does the rest, and nothing twice.
 */
@Timeout(120)
class LostReconcileTest {

  private static final int MOST_COMMITS = 40;

  @ParameterizedTest
  @CsvSource({"REQUEST_LOST, true", "REPLY_LOST, true", "REQUEST_LOST, false", "REPLY_LOST, false"})
  void whatWasForgottenIsAdoptedOnceAndItsLettersAreHeld(Harm harm, boolean witness)
      throws Exception {
    try (var scene = new Scene("latency=2ms,lag=0ms,duplicate-window=0ms")) {
      scene.timings = CureTest.SHORTEST;
      scene.invoices(1, 1, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      var harmed = true;
      var nth = 1;
      for (; harmed && nth <= MOST_COMMITS; nth++) {
        var waiting = 1000 + 10 * nth;
        forget(scene, waiting, witness);
        var told = scene.mail.received().size();
        var said = false;

        try (var proxy = new DatabaseProxy(scene.schema.port()).harm(harm, nth)) {
          scene.login = scene.schema.settingsThrough(proxy.port());
          scene.impatient = true;
          said = inTrouble(scene);
          harmed = proxy.harmed();
        }
        scene.login = null;
        scene.impatient = false;
        if (said) {
          assertThat(scene.states(waiting + 1)).as("commit %d", nth).containsExactly("SETTLED");
        }
        var report = scene.reconcile();

        assertThat(report.exitCode()).as("%s", report.run().trouble()).isIn(0, 4);
        scene.judgeMoney();
        for (var invoice : List.of(waiting, waiting + 1)) {
          assertThat(scene.states(invoice)).as(scene.story(invoice)).containsExactly("SETTLED");
          assertThat(scene.count("payments WHERE invoice_id = " + invoice)).isOne();
        }
        assertThat(scene.count("charge_attempts WHERE adopted = 1")).isEqualTo(nth);
        var held = scene.charge().held();
        assertThat(scene.mail.received()).as("mails after commit %d", nth).hasSize(told);
        assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(1);
        for (var run : held) {
          ResolveTest.resolve(scene, new ResolveOrder.Declines(run.no(), false));
        }
        assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isZero();
        assertThat(scene.mail.received()).hasSize(told);
      }
      assertThat(nth).as("commits of a reconciliation").isBetween(8, MOST_COMMITS);
    }
  }

  /** One letter waits, one charge more is forgotten, and both customers have been told. */
  private static void forget(Scene scene, int waiting, boolean witness) throws IOException {
    scene.mailPort = 1;
    assertThat(scene.invoices(waiting, 1, scene.good()).charge().exitCode()).isEqualTo(9);
    scene.mailPort = null;
    var backup = Backup.take(scene.schema);
    var before = Files.readString(GoneBackTest.witness(scene));
    assertThat(scene.invoices(waiting + 1, 1, scene.good()).charge().exitCode()).isZero();
    backup.restore();
    scene.invoices(waiting + 1, 1, scene.good());
    var text = witness ? Files.readString(GoneBackTest.witness(scene)) : before;
    // Long past its horizon, without the wait.
    Files.writeString(
        GoneBackTest.witness(scene),
        text.replaceAll("(?m)^last_send_at=.*$", "last_send_at=2026-01-01T00:00:00Z"));
  }

  /** Whether it says that all is done, but for what waits for a person. */
  private static boolean inTrouble(Scene scene) {
    try {
      return Set.of(0, 4).contains(scene.reconcile().exitCode());
    } catch (DatabaseTrouble | RunRefused told) {
      assertThat(told.getMessage()).isNotBlank();
      return false;
    }
  }
}
