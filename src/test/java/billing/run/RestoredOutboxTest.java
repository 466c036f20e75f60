package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.rules.Effect;
import billing.rules.Finding;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Backup;
import billing.store.Cured;
import billing.store.Outbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The letters that wait in an outbox of an earlier time: the lost time may have sent them. */
class RestoredOutboxTest {

  private static final String WEATHER = "latency=5ms,lag=50ms,duplicate-window=0ms";

  @Test
  void theLettersOfTheRestoredOutboxWaitForAPerson() throws InterruptedException {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      var backup = Backup.take(scene.schema);
      laterTheyAreToldAndMoreIsCharged(scene, backup);
      var told = scene.mail.received().size();
      assertThat(told).isEqualTo(5);

      var report = scene.reconcile();

      var cure = done(report);
      assertThat(cure.heldLetters()).isEqualTo(3);
      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.charge().held())
          .extracting(run -> run.no() + " " + run.holds())
          .containsExactly(cure.fence().epoch() + " LETTERS");
      assertThat(scene.mail.received()).as("nobody was told again").hasSize(told);
      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(3);
      scene.judgeMoney();

      ResolveTest.resolve(scene, new ResolveOrder.Declines(cure.fence().epoch(), true));

      assertThat(scene.mail.received()).hasSize(told + 3);
      assertThat(scene.charge().held()).isEmpty();
    }
  }

  @Test
  void whatAPersonVoidsOfTheRestoredOutboxIsToldToNobody() throws InterruptedException {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      laterTheyAreToldAndMoreIsCharged(scene, Backup.take(scene.schema));
      var told = scene.mail.received().size();
      var cure = done(scene.reconcile());

      var report =
          ResolveTest.resolve(scene, new ResolveOrder.Declines(cure.fence().epoch(), false));

      assertThat(report.what()).contains("letters", "void");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.mail.received()).hasSize(told);
      assertThat(scene.count("outbox_emails WHERE state = 'VOID'")).isEqualTo(3);
    }
  }

  @Test
  void theyGoOutByThemselvesWhereThatIsAskedFor() throws InterruptedException {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      laterTheyAreToldAndMoreIsCharged(scene, Backup.take(scene.schema));
      var told = scene.mail.received().size();

      var cure = done(scene.reconcile(null, true));

      assertThat(cure.heldLetters()).isZero();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.mail.received()).hasSize(told + 5);
    }
  }

  /** The later try was charged in the lost time: "declined, next try on" would be wrong. */
  @Test
  void aDeclineOfTheRestoredOutboxIsNotToldOnceItsInvoiceWasChargedInTheLostTime()
      throws InterruptedException {
    try (var scene = aNightWhoseMailWaits(Scene::poor)) {
      var backup = Backup.take(scene.schema);
      scene.schema.owner("UPDATE customers SET payment_ref = '" + scene.good() + "';");
      laterTheyAreToldAndMoreIsCharged(scene, backup);
      assertThat(scene.states(1001)).containsExactly("DECLINED");
      var declined = declines(scene);

      var cure = done(scene.reconcile());
      assertThat(scene.states(1001)).containsExactly("DECLINED", "SETTLED");
      ResolveTest.resolve(scene, new ResolveOrder.Declines(cure.fence().epoch(), true));

      assertThat(declines(scene)).isEqualTo(declined);
      assertThat(scene.count("outbox_emails WHERE kind = 'DECLINED' AND state = 'VOID'"))
          .isEqualTo(3);
    }
  }

  @Test
  void notifyWaitsForTheChargeWhereTheServerMayLackWhatCameLast() throws Exception {
    try (var scene = GoneBackTest.aNight()) {
      GoneBackTest.onAnotherServer(scene, 1);

      GoneBackTest.refused(
          () -> GoneBackTest.look(scene).requireForMail(),
          "may lack what the last run did",
          "charge");
    }
  }

  @Test
  void neitherResolveNorReconcileSendsWhereTheServerMayLackWhatCameLast() throws Exception {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      laterTheyAreToldAndMoreIsCharged(scene, Backup.take(scene.schema));
      var cure = done(scene.reconcile());
      assertThat(scene.invoices(3001, 1, scene.good()).charge().exitCode()).isZero();
      var told = scene.mail.received().size();
      GoneBackTest.onAnotherServer(scene, 1);

      var report =
          ResolveTest.resolve(scene, new ResolveOrder.Declines(cure.fence().epoch(), true));
      assertThat(report.mail()).isNull();
      assertThat(scene.reconcile().run().mail()).isNull();
      assertThat(scene.mail.received()).hasSize(told);

      assertThat(scene.charge().exitCode()).as("it has waited").isZero();
      assertThat(scene.mail.received()).hasSize(told + 3);
    }
  }

  @Test
  void aChargeThatFindsWhatTheDatabaseForgotSendsNothingOfItsOutbox() {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      var told = aNightIsForgotten(scene, Scene::good);

      var report = scene.charge();

      assertThat(report.findings()).contains(Finding.FORGOTTEN);
      assertThat(scene.mail.received()).hasSize(told);

      // Nor does any command after it: three letters wait, and were told before.
      var run = Long.parseLong(scene.schema.one("SELECT MAX(run_no) FROM billing_runs"));
      try (var database = scene.database()) {
        new Notify(new Outbox(database), scene.postman(), () -> false).sendAll();
      }
      assertThat(scene.reconcile().run().exitCode()).isZero();
      scene.charge();
      assertThat(scene.mail.received()).hasSize(told);
      ResolveTest.resolve(scene, new ResolveOrder.Declines(run, true));
      assertThat(scene.mail.received()).hasSize(told + 3);
    }
  }

  @Test
  void nothingOfItIsSentAfterACommandThatDiedWithItsFirstAdoption() {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      var told = aNightIsForgotten(scene, Scene::good);
      scene.watcher =
          state -> {
            if (scene.count("charge_attempts WHERE state = 'SENT'") > 0) {
              throw new Killed(new Effect.Finish());
            }
          };

      assertThatThrownBy(scene::reconcile).isInstanceOf(Killed.class);

      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(3);
      scene.charge();
      assertThat(scene.mail.received()).hasSize(told);
    }
  }

  /** The one that comes first is adopted, or waits for its row; the letters are the same. */
  @ParameterizedTest
  @ValueSource(ints = {2001, 2002})
  void norDoesACommandThatMeetsALockedInvoice(int locked) throws SQLException {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      scene.impatient = true;
      var told = aNightIsForgotten(scene, Scene::good);
      try (var app = OneAmongManyTest.locking(scene, locked)) {
        var report = scene.reconcile().run();
        app.rollback();

        assertThat(report.findings()).contains(Finding.DATABASE_BUSY);
        var adopted = Objects.requireNonNull(report.comparison(), "nothing is told").adopted();
        assertThat(adopted).hasSize(scene.count("charge_attempts WHERE adopted = 1"));
      }
      assertThat(scene.mail.received()).hasSize(told);
      scene.reconcile();
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.mail.received()).hasSize(told);
      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(3);
    }
  }

  /**
   * They are declined again by the run that adopts them, whose letters are void and nothing else.
   */
  @Test
  void toVoidTheLettersMakesNoDeclineVoid() {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      aNightIsForgotten(scene, Scene::poor);
      var adopting = scene.reconcile().run();
      assertThat(adopting.exitCode()).isEqualTo(4);
      assertThat(scene.states(2001)).containsExactly("DECLINED");

      var done = ResolveTest.resolve(scene, new ResolveOrder.Declines(adopting.run(), false));

      assertThat(done.what()).contains("the letters that run " + adopting.run() + " held are void");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(2001)).as("its retry day is not here").containsExactly("DECLINED");
    }
  }

  @Test
  void withoutAListingNobodyKnowsWhetherTheOutboxIsOld() {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      var told = aNightIsForgotten(scene, Scene::good);
      scene.sandbox.faults().always(Match.LOOKUP, Fault.of(Kind.RESET_BEFORE));

      assertThat(scene.charge().exitCode()).isEqualTo(8);

      scene.sandbox.faults().clear();
      assertThat(scene.mail.received()).hasSize(told);
      assertThat(scene.charge().exitCode()).isEqualTo(6);
      assertThat(scene.mail.received()).hasSize(told);
    }
  }

  /** A letter that a sender has in hand is told once, whoever holds it meanwhile. */
  @Test
  void whatIsInHandWhenItIsHeldIsToldOnce() {
    try (var scene = aNightWhoseMailWaits(Scene::good);
        var database = scene.database()) {
      aNightIsForgotten(scene, Scene::good);
      var outbox = new Outbox(database);
      var lease = outbox.lease(Duration.ofMinutes(1), 1);
      assertThat(scene.charge().findings()).contains(Finding.FORGOTTEN);
      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(3);

      assertThat(outbox.sent(lease, lease.mails().getFirst())).isTrue();

      assertThat(scene.count("outbox_emails WHERE state = 'HELD'")).isEqualTo(2);
      assertThat(scene.count("outbox_emails WHERE state = 'SENT'")).isOne();
    }
  }

  @Test
  void theWitnessStaysAtTheEpochThatTheCureRaised() throws Exception {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      laterTheyAreToldAndMoreIsCharged(scene, Backup.take(scene.schema));

      var cure = done(scene.reconcile());

      assertThat(Files.readString(GoneBackTest.witness(scene)))
          .contains("epoch=" + cure.fence().epoch() + "\n");
    }
  }

  /** Its claim said meanwhile that it was no longer due, so nothing is adopted. */
  @Test
  void norDoesTheCommandThatBooksWhatTheDatabaseTakesForNeverSent() {
    try (var scene = aNightWhoseMailWaits(Scene::good)) {
      scene.invoices(2001, 2, scene.good());
      scene.charge(new ChargeOrder(Scene.TODAY, Set.of(), 1, Duration.ZERO));
      assertThat(scene.count("charge_attempts WHERE state = 'PENDING' AND send_no = 0")).isOne();
      var backup = Backup.take(scene.schema);
      scene.mailPort = null;
      assertThat(scene.charge().exitCode()).isZero();
      var told = scene.mail.received().size();
      backup.restore();
      forgetTheWitness(scene);
      scene.schema.owner(
          "UPDATE charge_attempts SET state = 'CANCELLED', ended_at = UTC_TIMESTAMP(6)"
              + " WHERE state = 'PENDING';");

      var healed = scene.reconcile().run();

      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED' AND send_no = 0")).isOne();
      assertThat(healed.exitCode()).isEqualTo(4);
      assertThat(scene.mail.received()).hasSize(told);
    }
  }

  /** Three invoices tried, while no mail server was there. */
  private static Scene aNightWhoseMailWaits(Function<Scene, String> card) {
    var scene = new Scene(WEATHER);
    scene.timings = Scene.SHORT;
    scene.timeout = Duration.ofMillis(500);
    scene.mailPort = 1;
    scene.invoices(1001, 3, card.apply(scene)).enroll();
    assertThat(scene.charge().exitCode()).isEqualTo(9);
    return scene;
  }

  /** And then the database goes back, and a horizon passes. */
  private static void laterTheyAreToldAndMoreIsCharged(Scene scene, Backup backup)
      throws InterruptedException {
    scene.mailPort = null;
    scene.invoices(2001, 2, scene.good());
    assertThat(scene.charge().exitCode()).isZero();
    backup.restore();
    scene.invoices(2001, 2, scene.good());
    Thread.sleep(3_000); // a horizon is 2.8 s here
  }

  /** By the whole machine, witness included, once the letters were sent. Returns how many were. */
  private static int aNightIsForgotten(Scene scene, Function<Scene, String> card) {
    var backup = Backup.take(scene.schema);
    scene.mailPort = null;
    scene.invoices(2001, 2, card.apply(scene));
    assertThat(scene.charge().exitCode()).isZero();
    backup.restore();
    scene.invoices(2001, 2, card.apply(scene));
    forgetTheWitness(scene);
    return scene.mail.received().size();
  }

  private static long declines(Scene scene) {
    return scene.mail.received().stream()
        .filter(mail -> mail.messageId().contains(".declined@"))
        .count();
  }

  /** As the file of the backup's moment says: it came back with its database. */
  private static void forgetTheWitness(Scene scene) {
    var fence = scene.schema.rows("SELECT epoch, holder, seq FROM billing_fence").getFirst();
    try {
      var text = Files.readString(GoneBackTest.witness(scene));
      for (var name : List.of("epoch", "holder", "seq")) {
        text = text.replaceAll("(?m)^" + name + "=.*$", name + "=" + fence.get(name));
      }
      Files.writeString(GoneBackTest.witness(scene), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Cured done(ReconcileReport report) {
    assertThat(report.curing()).as("%s", report.run().trouble()).isInstanceOf(Curing.Done.class);
    return ((Curing.Done) report.curing()).left();
  }
}
