package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.run.ResolveOrder.NotCharged;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.DatabaseProxy;
import billing.store.DatabaseProxy.Harm;
import billing.store.Installations;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands that pin an account, and those about a former one: see {@link LostDecisionTest}. */
@Timeout(120)
class LostAccountTest {

  private static final String CALM = LostDecisionTest.CALM + ",duplicate-override=off";

  static List<Harm> lost() {
    return LostDecisionTest.lost();
  }

  @ParameterizedTest
  @MethodSource("lost")
  void theFirstHostIsEnrolledInOneInstallation(Harm harm) throws Exception {
    var nth = 1;
    for (var harmed = true; harmed; nth++) {
      try (var scene = new Scene(CALM)) {
        harmed = enrolledOnceMore(scene, harm, nth);

        assertThat(installations(scene)).as("after commit %d", nth).isOne();
        assertThat(hosts(scene)).containsExactly("app1");
        assertThat(scene.invoices(1, 1, scene.good()).charge().exitCode()).isZero();
        assertThat(scene.states(1)).as(scene.story(1)).containsExactly("SETTLED");
        scene.judge();
      }
    }
    assertThat(nth).as("commits of an enrolment").isGreaterThan(3);
  }

  @ParameterizedTest
  @MethodSource("lost")
  void anotherAccountIsPinnedAsOneNewInstallation(Harm harm) throws Exception {
    var nth = 1;
    for (var harmed = true; harmed; nth++) {
      try (var there = PinnedAccountTest.charged(2);
          var here = PinnedAccountTest.elsewhere(there)) {
        harmed = enrolledOnceMore(here, harm, nth);

        assertThat(installations(here)).as("after commit %d", nth).isEqualTo(2);
        assertThat(hosts(here)).containsExactly("app1");
        assertThat(here.invoices(2001, 2, here.good()).charge().exitCode()).isZero();
        assertThat(here.sandbox.ledger().standing()).hasSize(2);
        assertThat(there.sandbox.ledger().standing()).hasSize(3);
        assertThat(here.count("payments")).isEqualTo(5);
      }
    }
    assertThat(nth).as("commits of an enrolment").isGreaterThan(3);
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatTheFormerAccountDoesNotShowIsChargedOnceHere(Harm harm) throws Exception {
    try (var there = declinedWithASendUnanswered();
        var here = enrolledElsewhere(there)) {
      var commits = LostDecisionTest.eachCommitLost(here, harm, n -> new NotCharged(key(n)));

      FormerAccountTest.chargeOnTheRetryDay(here);
      for (int n = 1; n <= commits; n++) {
        assertThat(here.states(n)).as(here.story(n)).containsExactly("DECLINED", "SETTLED");
        assertThat(LostDecisionTest.decisions(here, "NOT_CHARGED", key(n).value())).isOne();
      }
      assertThat(here.sandbox.ledger().standing()).hasSize(commits);
      assertThat(there.sandbox.ledger().standing()).hasSize(3);
    }
  }

  @ParameterizedTest
  @MethodSource("lost")
  void whatTheFormerAccountChargedIsBookedOnceAndNotChargedHere(Harm harm) throws Exception {
    try (var there = declinedWithASendUnanswered();
        var here = enrolledElsewhere(there)) {
      var commits =
          LostDecisionTest.eachCommitLost(
              here, harm, n -> new Settled(key(n), chargedLateThere(there, n)));

      FormerAccountTest.chargeOnTheRetryDay(here);
      for (int n = 1; n <= commits; n++) {
        assertThat(here.states(n)).as(here.story(n)).containsExactly("SETTLED", "CANCELLED");
        assertThat(here.count("payments WHERE invoice_id = " + n)).isOne();
        assertThat(LostDecisionTest.decisions(here, "SETTLED", key(n).value())).isOne();
      }
      assertThat(here.sandbox.ledger().standing()).isEmpty();
      assertThat(here.mail.received()).hasSize(commits);
    }
  }

  /**
   * With that COMMIT lost, and again in peace where it could not.
   *
   * @return whether there was such a COMMIT
   */
  private static boolean enrolledOnceMore(Scene scene, Harm harm, int nth) throws Exception {
    var harmed = false;
    var said = false;
    try (var proxy = new DatabaseProxy(scene.schema.port()).harm(harm, nth)) {
      scene.login = scene.schema.settingsThrough(proxy.port());
      scene.impatient = true;
      said = LostFormsTest.inTrouble(scene::enroll);
      harmed = proxy.harmed();
    }
    scene.login = null;
    scene.impatient = false;
    if (!said) {
      scene.enroll();
    }
    return harmed;
  }

  private static int installations(Scene scene) {
    return scene.count("(SELECT DISTINCT installation FROM billing_installation) i");
  }

  private static Set<String> hosts(Scene scene) {
    try (var database = scene.database()) {
      return new Installations(database).current().orElseThrow().hosts();
    }
  }

  /** Each with a first send that was lost on its way, and a second that was declined. */
  private static Scene declinedWithASendUnanswered() {
    var there = PinnedAccountTest.charged(2, CALM);
    there.timings = Scene.SHORT;
    there.timeout = Duration.ofMillis(500);
    // A few a run: a gateway that loses all replies ends the sending.
    for (int from = 1; from <= LostDecisionTest.MOST_COMMITS; from += 3) {
      there.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE), 3);
      there.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE), 3);
      there.invoices(from, 3, there.good()).chargeUntilDone();
    }
    assertThat(there.count("charge_attempts WHERE state = 'DECLINED' AND sends = '?d'"))
        .isEqualTo(LostDecisionTest.MOST_COMMITS);
    return there;
  }

  private static Scene enrolledElsewhere(Scene there) throws Exception {
    var here = PinnedAccountTest.elsewhere(there);
    here.timings = Scene.SHORT;
    here.timeout = there.timeout;
    here.enroll();
    assertThat(FormerAccountTest.chargeOnTheRetryDay(here).elsewhere())
        .hasSize(LostDecisionTest.MOST_COMMITS);
    return here;
  }

  /** Its first send arrives at last. */
  private static String chargedLateThere(Scene there, int invoice) {
    return OutOfStep.chargeByHand(
        there, key(invoice).value(), "" + invoice, "", "cus_" + invoice, there.good() + invoice);
  }

  private static ChargeKey key(int invoice) {
    return new ChargeKey("SHOP-" + invoice + "-1");
  }
}
