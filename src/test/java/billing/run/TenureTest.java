package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Event;
import billing.rules.Finding;
import billing.store.RunLock;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TenureTest {

  /** A slow gateway may be asked before the run's loop begins, and a resolve has no loop. */
  @Test
  void theLockIsAskedAboutFromTheFirstMomentOn() throws Exception {
    try (var scene = new Scene("latency=5ms");
        var database = scene.database();
        var tenure =
            Tenure.begin(
                database,
                patience -> RunLock.take(scene.login(), patience),
                scene.settings(),
                Duration.ZERO,
                Duration.ofMillis(20))) {
      var lock = scene.schema.one("SELECT IS_USED_LOCK('billing:" + scene.schema.schema() + "')");
      scene.schema.admin("KILL " + lock + ";");

      var events = new LinkedBlockingQueue<Event>();
      tenure.tell(new RunClock(database.now(), System::nanoTime), events::add);

      assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(new Event.Stopped(Finding.LOCK_LOST));
    }
  }
}
