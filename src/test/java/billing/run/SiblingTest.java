package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Effect;
import billing.rules.World;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** An attempt has ended, and one of its sends was never answered: its sibling must beware. */
class SiblingTest {

  private static final Duration LAG = Duration.ofMillis(50);

  @Test
  void itIsLookedUpOnceMoreBeforeTheRetryIsClaimed() {
    try (var scene = scene()) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE));
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
      declinedWithASendUnanswered(scene);

      chargeOnTheRetryDay(scene);

      var names = scene.effects.stream().map(World::name).toList();
      assertThat(names).containsSubsequence("Find SHOP-1001-1", "Mark", "Send SHOP-1001-2");
      assertThat(names).doesNotContain("Send SHOP-1001-1");
      assertThat(scene.states(1001)).containsExactly("DECLINED", "SETTLED");
      scene.judge();
    }
  }

  @Test
  void anApprovalThatCameLaterThanAnybodyDeclaredIsBookedAndTheRetryCancelled() {
    try (var scene = scene()) {
      var late = Duration.ofSeconds(18);
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.EFFECT_LATE, late));
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
      declinedWithASendUnanswered(scene);
      // After the comparison, which would book it before there is a retry.
      scene.trace =
          effect -> {
            if (effect instanceof Effect.ReadSiblings) {
              awaitTheCharge(scene, late);
            }
          };

      chargeOnTheRetryDay(scene);

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED", "CANCELLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      scene.judge();
    }
  }

  @Test
  void anApprovalThatCameLateAndThatTheAppRefusesIsNotChargedBesides() {
    try (var scene = scene()) {
      var late = Duration.ofSeconds(12);
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.EFFECT_LATE, late));
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
      declinedWithASendUnanswered(scene);
      scene.schema.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (invoice_id <> 1001);");
      scene.trace =
          effect -> {
            if (effect instanceof Effect.ReadSiblings) {
              awaitTheCharge(scene, late);
            }
          };

      chargeOnTheRetryDay(scene);
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("DECLINED", "PENDING");
      assertThat(scene.schema.one("SELECT sends FROM charge_attempts WHERE attempt_no = 1"))
          .contains("a");
      scene.trace = effect -> {};
      chargeOnTheRetryDay(scene);
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      scene.schema.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;");
      chargeOnTheRetryDay(scene);

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED", "CANCELLED");
      scene.judge();
    }
  }

  @Test
  void itIsLookedUpAlsoWhereTheRetrysHourComesOnlyWhileTheRunWaits() {
    try (var scene = scene()) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.SILENT_BEFORE));
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
      declinedWithASendUnanswered(scene);
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.THROTTLED));
      scene.recoveryWait = Duration.ZERO;
      chargeOnTheRetryDay(scene);
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("DECLINED", "PENDING");
      scene.recoveryWait = Duration.ofSeconds(20);

      chargeOnTheRetryDay(scene);

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("DECLINED", "SETTLED");
      scene.judge();
    }
  }

  private static Scene scene() {
    var scene =
        new Scene(
            "latency=5ms,lag=%dms,duplicate-window=0ms,duplicate-override=off"
                .formatted(LAG.toMillis()));
    scene.kind = "nmi";
    scene.timeout = Duration.ofMillis(500);
    scene.timings = Scene.SHORT;
    return scene.invoices(1001, 1, scene.good()).enroll();
  }

  private static void declinedWithASendUnanswered(Scene scene) {
    scene.chargeUntilDone();
    assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("DECLINED");
    assertThat(scene.schema.one("SELECT sends FROM charge_attempts")).startsWith("?");
    scene.effects.clear();
  }

  private static void chargeOnTheRetryDay(Scene scene) {
    scene.charge(new ChargeOrder(Scene.retryDay(), Set.of(), Integer.MAX_VALUE, Duration.ZERO));
  }

  /** Until a lookup shows it, which is {@link #LAG} after it stands. */
  private static void awaitTheCharge(Scene scene, Duration atMost) {
    var giveUp = System.nanoTime() + atMost.plusSeconds(5).toNanos();
    while (scene.sandbox.ledger().standing().isEmpty() && System.nanoTime() < giveUp) {
      LockSupport.parkNanos(100_000_000);
    }
    LockSupport.parkNanos(2 * LAG.toNanos());
  }
}
