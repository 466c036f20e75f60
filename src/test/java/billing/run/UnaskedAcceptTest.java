package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.ChargeKey;
import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.NotCharged;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a person accepts alone about a charge at an account that is refused: the invoice may be
 * charged again after that, and of some charges no later run asks.
 */
class UnaskedAcceptTest {

  private static final String WEATHER = "latency=5ms,lag=50ms,duplicate-window=0ms";
  private static final String LONG_AGO = "UTC_TIMESTAMP(6) - INTERVAL 1 DAY";

  /** The key was exchanged for a restricted one, and the account is as it ever was. */
  @Test
  void aKeyThatIsRefusedItsAccountAloneIsAskedAboutTheCharge() {
    try (var scene = charged("stripe")) {
      scene.invoice(2001, "79.00", scene.good());
      var standing =
          OutOfStep.chargeByHand(
              scene,
              "SHOP-2001-1",
              "2001",
              OutOfStep.installation(scene),
              "cus_2001",
              "pm_card_visa");
      ClosedAccountTest.told(scene, 1, "UNKNOWN_HERE", standing, 2001, LONG_AGO);
      ClosedAccountTest.told(scene, 2, "REVERSED", "SHOP-1001-1", 1001, LONG_AGO);
      ClosedAccountTest.pastTheHorizon();
      scene.gatewayKey = "rk_test_sandbox";
      ResolveTest.refused(scene, new Accept(1), 8, "refused gateway.key");
      scene.althoughAccountRefused = true;

      ResolveTest.refused(scene, new Accept(1), 6, "refuse the question about " + standing);
      ResolveTest.refused(scene, new Accept(2), 6, "refuse the question about SHOP-1001-1");
      ResolveTest.refused(
          scene, new NotCharged(new ChargeKey("SHOP-1001-1")), 6, "the question about SHOP-1001-1");

      assertThat(open(scene)).isEqualTo(2);
      assertThat(scene.count("billing_decisions")).isZero();
      scene.judgeCharges();
    }
  }

  /** Of an attempt here a later run would ask again; of this nobody does. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aChargeWithoutAnAttemptIsNotAcceptedAsSoonAsItIsTold(String kind) {
    try (var scene = charged(kind)) {
      ClosedAccountTest.pastTheHorizon();
      ClosedAccountTest.told(scene, 1, "UNKNOWN_HERE", "pi_91", 2001, "UTC_TIMESTAMP(6)");
      ClosedAccountTest.told(scene, 2, "REVERSED", "SHOP-1001-1", 1001, "UTC_TIMESTAMP(6)");
      scene.gatewayKey = "sk_test_closed";
      scene.althoughAccountRefused = true;

      ResolveTest.refused(
          scene, new Accept(1), 6, "no attempt here that is asked about later has pi_91");
      ResolveTest.resolve(scene, new Accept(2));
      assertThat(open(scene)).isOne();
      ClosedAccountTest.pastTheHorizon();
      ResolveTest.resolve(scene, new Accept(1));

      assertThat(open(scene)).isZero();
    }
  }

  @Test
  void whatAPersonSawAtAnOlderAccountStaysAccountedFor() throws Exception {
    var key = new ChargeKey("SHOP-2001-1");
    try (var there = ClosedAccountTest.inDoubt("stripe", Fault.of(Kind.SILENT_BEFORE));
        var here = ClosedAccountTest.another(there)) {
      there.gatewayKey = "sk_test_closed";
      there.althoughAccountRefused = true;
      ClosedAccountTest.pastTheHorizon();
      ResolveTest.resolve(there, new NotCharged(key));
      here.enroll();
      ResolveTest.resolve(here, new NotCharged(key));
      assertThat(ClosedAccountTest.sends(here)).isEqualTo("c");
      ClosedAccountTest.told(here, 1, "UNKNOWN_HERE", "pi_91", 2001, LONG_AGO);
      here.gatewayKey = "sk_test_closed";
      here.althoughAccountRefused = true;

      ResolveTest.resolve(here, new Accept(1));

      assertThat(ClosedAccountTest.sends(here)).isEqualTo("c");
      here.gatewayKey = null;
      assertThat(here.charge().exitCode()).isZero();
      assertThat(here.states(2001)).as(here.story(2001)).containsExactly("CANCELLED", "SETTLED");
    }
  }

  private static Scene charged(String kind) {
    var scene = PinnedAccountTest.charged(kind, 2, WEATHER);
    scene.timings = ResolveTest.unasked(Duration.ofSeconds(4));
    return scene;
  }

  private static int open(Scene scene) {
    return scene.count("charge_differences WHERE state = 'OPEN'");
  }
}
