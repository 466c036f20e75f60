package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.EmbeddedDatabase;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database server dies in the middle of a run, and comes back or does not. */
class DatabaseLossTest {

  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.start(Path.of("target", "mariadb-to-kill-in-a-run"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Claim", "Send", "Book"})
  void whatIsApprovedIsBookedOnceTheServerIsBack(String at) throws Exception {
    try (var scene = scene()) {
      var back = new Thread[1];
      whenThe(
          5,
          at,
          scene,
          () -> {
            server.kill9();
            back[0] = Thread.ofPlatform().start(() -> restartAfter(Duration.ofMillis(500)));
          });

      var report = scene.charge();

      back[0].join();
      assertThat(report.exitCode()).as("%s %s", report.findings(), report.trouble()).isEqualTo(7);
      scene.judge();

      scene.trace = effect -> {};
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(40);
      assertThat(scene.mail.received()).hasSize(40);
      scene.judge();
    }
  }

  @Test
  void oneThatStaysAwayEndsTheRunInBoundedTimeAndTheNextOneHeals() {
    try (var scene = scene()) {
      scene.recoveryWait = Duration.ofSeconds(2);
      whenThe(3, "Book", scene, server::kill9);
      var begin = System.nanoTime();

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(7);
      assertThat(report.trouble()).anyMatch(line -> line.contains("cannot be reached"));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(45));
      assertThat(scene.sandbox.ledger().standing()).hasSizeBetween(1, 24);

      server.restart();
      scene.trace = effect -> {};
      scene.recoveryWait = Duration.ofSeconds(20);
      scene.chargeUntilDone();
      assertThat(scene.sandbox.ledger().standing()).hasSize(40);
      assertThat(scene.mail.received()).hasSize(40);
      scene.judge();
    }
  }

  /** Of several batches that are to be booked, each would else wait as long as the first. */
  @Test
  void allThatIsToBeBookedWaitsTogetherForAServerThatStaysAway() {
    try (var scene = scene()) {
      scene.mortal = true;
      scene.recoveryWait = Duration.ofSeconds(10);
      var late = Fault.of(Kind.REPLY_LATE, Duration.ofMillis(700));
      scene.sandbox.faults().always(Match.CHARGE.key("SHOP-1002-1"), late);
      whenThe(1, "Book", scene, server::kill9);
      var begin = System.nanoTime();

      var report = scene.charge();

      var took = Duration.ofNanos(System.nanoTime() - begin);
      server.restart();
      assertThat(report.exitCode()).isEqualTo(7);
      assertThat(scene.sandbox.ledger().standing()).hasSizeGreaterThan(1);
      assertThat(took).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(22));
    }
  }

  private static Scene scene() {
    var scene =
        new Scene(
            "latency=20ms,lag=50ms,duplicate-window=0ms,duplicate-override=off",
            TestDatabase.fresh(server));
    scene.concurrency = 4;
    scene.impatient = true;
    scene.invoices(1001, 40, scene.good()).enroll();
    return scene;
  }

  private static void whenThe(int nth, String effect, Scene scene, Runnable harm) {
    var seen = new AtomicInteger();
    scene.trace =
        e -> {
          if (e.getClass().getSimpleName().equals(effect) && seen.incrementAndGet() == nth) {
            harm.run();
          }
        };
  }

  private static void restartAfter(Duration pause) {
    try {
      Thread.sleep(pause);
      server.restart();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
