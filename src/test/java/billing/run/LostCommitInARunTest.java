package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.store.DatabaseProxy;
import billing.store.DatabaseProxy.Harm;
import billing.store.DatabaseTrouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
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

  @ParameterizedTest
  @CsvSource({
    "REPLY_SWALLOWED, Claim",
    "REPLY_SWALLOWED, Book",
    "REPLY_SWALLOWED, Write",
    "FROZEN, Claim",
    "FROZEN, Book",
    "FROZEN, Write"
  })
  void aCommitThatHangsIsCutOffAndNothingIsSentBeforeItsFateIsKnown(Harm harm, String effect)
      throws Exception {
    try (var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off");
        var proxy = new DatabaseProxy(scene.schema.port())) {
      scene.impatient = true;
      scene.invoices(1001, 3, scene.good()).invoices(2001, 2, scene.poor()).enroll();
      scene.login = scene.schema.settingsThrough(proxy.port());
      scene.trace =
          e -> {
            if (e.getClass().getSimpleName().equals(effect)) {
              proxy.harm(harm, 1);
              scene.trace = other -> {};
            }
          };

      var report = scene.charge();

      assertThat(proxy.harmed()).isTrue();
      assertThat(report.exitCode()).as("%s", report.trouble()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED'")).isEqualTo(3);
      assertThat(scene.count("charge_attempts WHERE state = 'DECLINED'")).isEqualTo(2);
      assertThat(scene.mail.received()).hasSize(5);
      scene.judge();
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
