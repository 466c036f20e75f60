package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.model.Timings;
import billing.rules.Effect;
import billing.rules.Finding;
import billing.rules.WitnessRules.Verdict;
import billing.sandbox.Fault;
import billing.sandbox.Match;
import billing.store.Backup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A database that came back from an earlier time, or is a copy, and the witness that knows. */
class GoneBackTest {

  private static final String WEATHER = "latency=5ms,lag=50ms,duplicate-window=0ms";

  /** How long a sale stays on the way: no longer than a horizon after the death of its run. */
  private static final Duration LATE = Duration.ofSeconds(3);

  /** It outlasts the restoring of a database between a claim and its send. */
  private static final Timings LONG_PERMIT =
      Scene.timings(Duration.ofSeconds(3), Scene.SHORT.indeterminate());

  @Test
  void byANight() {
    try (var scene = aNight()) {
      var backup = Backup.take(scene.schema);
      scene.invoices(2001, 3, scene.good()).charge();
      backup.restore();
      scene.invoices(2001, 3, scene.good());

      refusedUntilReconciled(scene);
      assertThat(scene.sandbox.ledger().standing()).hasSize(6);
    }
  }

  @Test
  void reconcileCuresItOnceAHorizonHasPassedSinceTheLastSend() throws InterruptedException {
    try (var scene = aNight()) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(500);
      var backup = Backup.take(scene.schema);
      scene.invoices(2001, 3, scene.good()).charge();
      backup.restore();
      scene.invoices(2001, 3, scene.good());
      refusedUntilReconciled(scene);
      Thread.sleep(3_000); // a horizon is 2.8 s here

      var cured = scene.reconcile();

      assertThat(cured.exitCode()).as("%s", cured.run().trouble()).isZero();
      assertThat(scene.count("charge_attempts WHERE adopted = 1")).isEqualTo(3);
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(6);
      scene.judgeMoney();
    }
  }

  @Test
  void byItsLastSecond() {
    try (var scene = aNight()) {
      scene.concurrency = 1;
      scene.invoices(2001, 3, scene.good());
      var backup = new Backup[1];
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Claim) {
              backup[0] = Backup.take(scene.schema);
            }
          };
      // Killed with its last claim under way: only the file tells that it was committed.
      var sends = new AtomicInteger();
      var takes = scene.trace;
      scene.trace =
          effect -> {
            takes.accept(effect);
            if (effect instanceof Effect.Send && sends.incrementAndGet() == 3) {
              throw new Killed(effect);
            }
          };
      assertThatThrownBy(scene::charge).isInstanceOf(Killed.class);
      backup[0].restore();
      scene.trace = effect -> {};

      refusedUntilReconciled(scene);
    }
  }

  @Test
  void inTheMiddleOfARun() {
    try (var scene = aNight()) {
      scene.concurrency = 1;
      scene.invoices(2001, 6, scene.good());
      var claims = new AtomicInteger();
      var backup = new Backup[1];
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Claim) {
              var n = claims.incrementAndGet();
              if (n == 2) {
                backup[0] = Backup.take(scene.schema);
              } else if (n == 4) {
                backup[0].restore();
              }
            }
          };

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.WENT_BACK);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(report.trouble().toString()).contains("went back in time");
      assertThat(scene.sandbox.ledger().standing()).hasSizeBetween(5, 7);
      scene.judgeCharges();
      scene.trace = effect -> {};
      refusedUntilReconciled(scene);
    }
  }

  @Test
  void whatIsBookedOfASendThatTheDatabaseForgotIsComparedLikeAnyOther() throws Exception {
    try (var scene = aNight()) {
      scene.concurrency = 1;
      scene.timings = LONG_PERMIT;
      scene.timeout = Duration.ofMillis(500);
      scene.invoices(2001, 2, scene.good());
      var backup = new Backup[1];
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Claim && backup[0] == null) {
              backup[0] = Backup.take(scene.schema);
            } else if (effect instanceof Effect.Send) {
              scene.trace = other -> {};
              backup[0].restore();
            }
          };
      assertThat(scene.charge().exitCode()).isEqualTo(6);
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED' AND first_sent_at IS NULL"))
          .isEqualTo(1);
      scene
          .sandbox
          .faults()
          .always(Match.LOOKUP, Fault.of(Fault.Kind.LOOKUP_STALE, Duration.ofHours(1)));

      // Its listing does not show it yet, so it is looked up by its key.
      assertThat(scene.look().pages()).isPositive();

      scene.sandbox.faults().clear();
      Thread.sleep(6_000); // a horizon is 5.2 s here
      assertThat(scene.reconcile(null, true).exitCode()).isZero();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(5);
      scene.judgeMoney();
      assertThat(scene.mail.received())
          .extracting(mail -> mail.to().getFirst())
          .contains("c2001@example.org", "c2002@example.org")
          .hasSize(5);
    }
  }

  @Test
  void anApprovalWhoseAttemptIsGoneIsNoBugAndIsFoundAgain() throws Exception {
    try (var scene = aNight()) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(500);
      var backup = Backup.take(scene.schema);
      scene.invoices(2001, 1, scene.good());
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Book) {
              scene.trace = other -> {};
              backup.restore(Backup.OURS);
            }
          };

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.WENT_BACK).doesNotContain(Finding.BUG);
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(scene.sandbox.ledger().standing()).hasSize(4);
      Thread.sleep(3_000); // a horizon is 2.8 s here
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(4);
      scene.judgeMoney();
    }
  }

  @Test
  void oursAlone() {
    try (var scene = aNight()) {
      var backup = Backup.take(scene.schema);
      scene.invoices(2001, 3, scene.good()).charge();
      backup.restore(Backup.OURS);

      refusedUntilReconciled(scene);
    }
  }

  @Test
  void theAppsAlone() {
    try (var scene = new Scene(WEATHER)) {
      scene.invoices(1001, 3, scene.good()).enroll();
      var backup = Backup.take(scene.schema);
      scene.charge();
      backup.restore(Backup.APPS);

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.count("charge_differences WHERE kind = 'UNBOOKED' AND state = 'OPEN'"))
          .isEqualTo(3);
      assertThat(scene.sandbox.ledger().standing()).hasSize(3);
      scene.judgeCharges();
    }
  }

  @Test
  void anotherRunInBetweenHidesNothing() throws Exception {
    try (var scene = aNight();
        var standby = new Scene(scene, Scene.freshStateDir())) {
      standby.enrollLongAgo();
      var backup = Backup.take(scene.schema);
      scene.invoices(2001, 3, scene.good()).charge();
      backup.restore();
      // The standby host has seen nothing of the lost night.
      standby.charge();
      standby.charge();

      refusedUntilReconciled(scene);
    }
  }

  @Test
  void aDatabaseThatForgotItsInstallationGoesOnAsTheSameOne() {
    try (var scene = new Scene(WEATHER)) {
      var backup = Backup.take(scene.schema);
      scene.invoices(1001, 3, scene.good()).enroll();
      var installation = scene.schema.one("SELECT installation FROM billing_installation");
      scene.charge();
      backup.restore(Backup.OURS);

      refused(scene::charge, "never enrolled", "billing enroll");
      scene.enroll();

      assertThat(scene.schema.one("SELECT installation FROM billing_installation"))
          .isEqualTo(installation);
      refusedUntilReconciled(scene);
      var blindly = scene.reconcile();
      assertThat(blindly.exitCode()).isEqualTo(6);
      assertThat(blindly.run().trouble().toString()).contains("billing reconcile --since");
      assertThat(((Curing.Owed) blindly.curing()).next()).startsWith("billing reconcile --since");
      refused(scene::charge, "went back in time", "billing reconcile");
    }
  }

  @Test
  void aCopyOfDatabaseAndStateOnAnotherHostIsRefused() throws Exception {
    try (var scene = aNight();
        var copy = new Scene(scene, copyOf(scene.stateDir))) {
      refused(copy::charge, "never enrolled", "billing enroll");
      refused(() -> look(copy).require(), "never enrolled", "billing enroll");
      copy.host = "app1";
      assertThat(copy.charge().exitCode()).isZero();
      copy.host = "app2";
      new Scene(scene, Scene.freshStateDir()).enroll();
      refused(copy::charge, "of host app1, this is app2", "billing enroll");

      copy.enrollLongAgo();
      assertThat(copy.charge().exitCode()).isZero();
    }
  }

  @Test
  void aLostWitnessIsEnrolledAgain() throws Exception {
    try (var scene = aNight()) {
      Files.delete(witness(scene));

      refused(scene::charge, "there is no witness", "billing enroll");
      // So no enrolment may wait for a reconciliation, whatever the gateway's listing shows.
      refused(scene::reconcile, "there is no witness", "billing enroll");
      refused(() -> look(scene).require(), "there is no witness", "billing enroll");

      scene.enrollLongAgo();
      assertThat(scene.charge().took()).isLessThan(Duration.ofMinutes(1));
      assertThat(Files.readString(witness(scene))).contains("blind=false");
    }
  }

  /** A host dies with its disk in a batch, and the database comes back without the claim. */
  @Test
  void aHostThatIsEnrolledWithoutItsWitnessWaitsUntilWhatWasOnTheWayShows() throws Exception {
    try (var scene = new Scene(WEATHER)) {
      scene.kind = "nmi";
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(500);
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.EFFECT_LATE, LATE));
      var backup = dieWithASaleOnTheWay(scene);
      var killed = Instant.now();
      backup.restore();
      Files.delete(witness(scene));
      scene.enroll();

      var report = scene.charge();

      Thread.sleep(Math.max(0, Duration.between(Instant.now(), killed.plus(LATE)).toMillis()));
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(6);
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      scene.judgeMoney();
    }
  }

  @Test
  void whatABlindHostReconcilesDoesNotShortenItsWait() throws Exception {
    try (var scene = aNight()) {
      Files.delete(witness(scene));
      scene.enroll();

      assertThat(scene.reconcile().exitCode()).isZero();

      assertThat(look(scene).verdict()).isInstanceOf(Verdict.Waits.class);
      scene.enroll();
      assertThat(look(scene).verdict()).isInstanceOf(Verdict.Waits.class);
    }
  }

  @Test
  void anotherServerIsGivenOneHorizonFirst() throws Exception {
    try (var scene = aNight()) {
      scene.timings = Scene.SHORT;
      onAnotherServer(scene, 1);
      scene.invoices(2001, 2, scene.good());
      var before = System.nanoTime();

      assertThat(scene.charge().exitCode()).isZero();

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Scene.SHORT.permit().plus(scene.timeout).plus(Scene.SHORT.clockSkew()));
      assertThat(scene.sandbox.ledger().standing()).hasSize(5);
      assertThat(Files.readString(witness(scene))).doesNotContain("server=elsewhere");
      scene.judge();
    }
  }

  @Test
  void aServerThatHasAllThatTheWitnessKnowsIsGivenNone() throws Exception {
    try (var scene = aNight()) {
      onAnotherServer(scene, 0);

      assertThat(scene.charge().took()).isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void theWaitCanBeStoppedAndBeginsAnew() throws Exception {
    try (var scene = aNight();
        var database = scene.database();
        var gateway = scene.gateway()) {
      onAnotherServer(scene, 1);
      scene.timeout = Duration.ofMinutes(10);
      scene.invoices(2001, 2, scene.good());
      var charge = scene.run(database, gateway);
      charge.stop(Finding.TERMINATED);

      var report =
          charge.run(new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));

      assertThat(report.exitCode()).isEqualTo(143);
      assertThat(scene.sandbox.ledger().standing()).hasSize(3);
      assertThat(Files.readString(witness(scene))).contains("server=elsewhere");
    }
  }

  /** Three invoices charged, and the run ended by itself. */
  static Scene aNight() {
    var scene = new Scene(WEATHER);
    scene.invoices(1001, 3, scene.good()).enroll();
    assertThat(scene.charge().exitCode()).isZero();
    return scene;
  }

  /** Its sale is on the way, and the backup knows nothing of its claim. */
  private static Backup dieWithASaleOnTheWay(Scene scene) {
    var backup = new Backup[1];
    scene.trace =
        effect -> {
          if (effect instanceof Effect.Claim && backup[0] == null) {
            backup[0] = Backup.take(scene.schema);
          } else if (effect instanceof Effect.Find) {
            throw new Killed(effect);
          }
        };
    assertThatThrownBy(scene::charge).isInstanceOf(Killed.class);
    scene.trace = effect -> {};
    return backup[0];
  }

  private static void refusedUntilReconciled(Scene scene) {
    var standing = scene.sandbox.ledger().standing().size();
    refused(scene::charge, "went back in time", "billing reconcile");
    refused(() -> look(scene).require(), "went back in time", "billing reconcile");
    refused(scene::enroll, "went back in time", "billing reconcile");
    // Trying again and again raises no number above the one that the witness knows.
    refused(scene::charge, "went back in time", "billing reconcile");
    assertThat(scene.sandbox.ledger().standing()).hasSize(standing);
  }

  static void refused(ThrowingCallable command, String says, String remedy) {
    assertThatThrownBy(command)
        .asInstanceOf(InstanceOfAssertFactories.type(RunRefused.class))
        .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(6))
        .satisfies(refused -> assertThat(refused.message()).contains(says))
        .satisfies(refused -> assertThat(refused.remedy()).contains(remedy));
  }

  static Footing look(Scene scene) {
    try (var database = scene.database()) {
      return Footing.look(database, scene.host, scene.stateDir);
    }
  }

  static Path witness(Scene scene) {
    return scene.stateDir.resolve("witness-" + scene.schema.schema());
  }

  /**
   * The witness was written on another server, and that many steps before the database's present.
   */
  static void onAnotherServer(Scene scene, int behind) throws IOException {
    var text = Files.readString(witness(scene)).replaceAll("(?m)^server=.*$", "server=elsewhere");
    var seq = Long.parseLong(text.replaceAll("(?s).*\nseq=(\\d+)\n.*", "$1"));
    Files.writeString(witness(scene), text.replace("seq=" + seq, "seq=" + (seq - behind)));
  }

  private static Path copyOf(Path stateDir) throws IOException {
    var copy = Scene.freshStateDir();
    try (var files = Files.list(stateDir)) {
      for (var file : files.filter(f -> !f.toString().endsWith(".lock")).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
