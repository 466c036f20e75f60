package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.store.DatabaseProxy;
import billing.store.DatabaseProxy.Harm;
import billing.store.DatabaseTrouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each COMMIT of a whole run in turn, the claim's and the booking's among them, loses its answer.
 */
class LostCommitInARunTest {

  @ParameterizedTest
  @EnumSource(
      value = Harm.class,
      names = {"REQUEST_LOST", "REPLY_LOST"})
  void whicheverItIsNobodyIsChargedTwiceAndNothingIsLost(Harm harm) throws Exception {
    try (var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms")) {
      scene.concurrency = 2;
      scene.enroll();
      var harmed = true;
      var nth = 1;
      for (; harmed; nth++) {
        var good = 1000 + 10 * nth;
        scene.invoices(good, 2, scene.good()).invoices(good + 2, 1, scene.poor());

        try (var proxy = new DatabaseProxy(scene.schema.port()).harm(harm, nth)) {
          scene.login = scene.schema.settingsThrough(proxy.port());
          chargeThrough(scene);
          harmed = proxy.harmed();
        }
        scene.judge();
        scene.login = null;
        scene.chargeUntilDone();

        scene.judge();
        assertThat(scene.states(good)).as(scene.story(good)).containsExactly("SETTLED");
        assertThat(scene.states(good + 1)).as(scene.story(good + 1)).containsExactly("SETTLED");
        assertThat(scene.states(good + 2)).as(scene.story(good + 2)).containsExactly("DECLINED");
        assertThat(scene.mail.received()).as("mails after commit %d", nth).hasSize(3 * nth);
      }
      assertThat(nth).as("commits of a run").isGreaterThan(8);
    }
  }

  private static void chargeThrough(Scene scene) {
    try {
      scene.charge();
    } catch (DatabaseTrouble beforeTheFirstClaim) {
      // The run's own beginning was lost: nothing was touched.
    }
  }
}
