package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Timings;
import billing.rules.Effect;
import billing.rules.Finding;
import billing.sandbox.Arrival;
import billing.sandbox.Operation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A run that slept: a newer one fenced it off, its lock is gone, or its permit has expired. */
class TakenOverTest {

  @Test
  void aRunThatWasFencedOffBooksWhatWasApprovedAndNeitherClaimsNorSaysNo() throws Exception {
    try (var scene =
            new Scene("latency=150ms,lag=50ms,duplicate-window=0ms,duplicate-override=off");
        var newer = new Scene(scene, Scene.freshStateDir())) {
      scene.concurrency = 2;
      scene.withLock = false;
      newer.withLock = false;
      scene.invoices(1001, 1, scene.good()).invoices(1002, 1, scene.poor());
      scene.invoices(1003, 8, scene.good()).enroll();
      newer.enrollLongAgo();
      onceBefore(Effect.Book.class, scene, () -> raiseTheFence(newer));

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.FENCED);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.states(1002)).as(scene.story(1002)).containsExactly("SENT");
      assertThat(charges(scene)).isBetween(2L, 4L);
      assertThat(scene.count("charge_attempts WHERE state = 'PENDING'"))
          .isEqualTo(10 - (int) charges(scene));
      scene.judge();

      scene.trace = effect -> {};
      scene.chargeUntilDone();
      assertThat(scene.states(1002)).containsExactly("DECLINED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(9);
      assertThat(scene.mail.received()).hasSize(10);
      scene.judge();
    }
  }

  @Test
  void aRunWhoseLockIsLostSaysSoAndLeavesTheRestToTheNext() {
    try (var scene =
        new Scene("latency=150ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.concurrency = 2;
      scene.invoices(1001, 1, scene.good()).invoices(1002, 1, scene.poor());
      scene.invoices(1003, 8, scene.good()).enroll();
      onceBefore(Effect.Book.class, scene, () -> killTheLocksSession(scene));

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.LOCK_LOST);
      assertThat(report.exitCode()).isEqualTo(7);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.states(1002)).as(scene.story(1002)).containsExactly("SENT");
      assertThat(charges(scene)).isBetween(2L, 4L);
      scene.judge();

      scene.trace = effect -> {};
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(9);
      scene.judge();
    }
  }

  @Test
  void aLockThatIsLostWithTheLastInvoiceIsSaidToo() {
    try (var scene = new Scene("latency=5ms")) {
      scene.invoices(1001, 2, scene.good()).enroll();
      onceBefore(Effect.Finish.class, scene, () -> killTheLocksSession(scene));

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(7);
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
      scene.judge();
    }
  }

  @Test
  void whatWasClaimedTooLongAgoIsNotSentAndWaitsForTheNextClaim() {
    try (var scene =
        new Scene("latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off")) {
      scene.timings = withPermit(scene.sandbox.timings(), Duration.ofMillis(400));
      scene.recoveryWait = Duration.ofMillis(1);
      scene.invoices(1001, 2, scene.good()).enroll();
      onceBefore(Effect.Send.class, scene, () -> sleep(Duration.ofMillis(600)));

      scene.charge();

      assertThat(charges(scene)).isZero();
      assertThat(scene.states(1001)).containsExactly("PENDING");
      assertThat(scene.story(1001)).contains("nothing left this host");

      scene.trace = effect -> {};
      scene.recoveryWait = Duration.ofSeconds(20);
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(2);
      scene.judge();
    }
  }

  private static long charges(Scene scene) {
    return scene.sandbox.ledger().arrivals().stream()
        .map(Arrival::operation)
        .filter(Operation.CHARGE::equals)
        .count();
  }

  private static void onceBefore(Class<? extends Effect> kind, Scene scene, Runnable action) {
    var done = new AtomicBoolean();
    scene.trace =
        effect -> {
          if (kind.isInstance(effect) && !done.getAndSet(true)) {
            action.run();
          }
        };
  }

  /** A newer run begins, and dies before it does anything else. */
  private static void raiseTheFence(Scene newer) {
    newer.trace =
        effect -> {
          throw new Killed(effect);
        };
    try {
      newer.charge();
    } catch (Killed expected) {
      // as it should
    }
  }

  private static void killTheLocksSession(Scene scene) {
    var session = scene.schema.one("SELECT IS_USED_LOCK('billing:" + scene.schema.schema() + "')");
    scene.schema.admin("KILL " + session + ";");
  }

  private static Timings withPermit(Timings t, Duration permit) {
    return new Timings(
        permit,
        t.transit(),
        t.processing(),
        t.lookupLag(),
        t.clockSkew(),
        t.firstAsk(),
        t.duplicateWindow(),
        t.indeterminate());
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
