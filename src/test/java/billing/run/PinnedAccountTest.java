package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.model.ChargeKey;
import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.ChargeAgain;
import billing.run.ResolveOrder.NotCharged;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.sandbox.Operation;
import billing.sandbox.SandboxSettings;
import billing.store.Backup;
import billing.store.Installations;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A gateway that tells no account's id: the account is the one that has our old approvals. */
class PinnedAccountTest {

  private static final String TOLD =
      "INSERT INTO charge_differences (id, kind, subject, invoice_id, detail, run_no, opened_at)"
          + " VALUES (1, 'UNKNOWN_HERE', '91', '2001', 'as in a test', 1, UTC_TIMESTAMP(6));";
  private static final String WEATHER = "latency=5ms,lag=50ms,duplicate-window=0ms";

  @Test
  void theAccountThatHasOurOldApprovalsIsTheSame() {
    try (var scene = charged(2)) {
      scene.invoices(2001, 2, scene.good());

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(5);
    }
  }

  @Test
  void anotherAccountIsRefusedBeforeAnyDoubtIsLookedUpThere() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      elsewhere.invoices(2001, 2, elsewhere.good());

      refused(6, elsewhere::charge);

      assertThat(
              elsewhere.sandbox.ledger().arrivals().stream()
                  .filter(a -> a.operation() == Operation.CHARGE))
          .isEmpty();
      assertThat(scene.count("charge_attempts WHERE state = 'PENDING'")).isZero();
    }
  }

  @Test
  void oneThatIsAnsweredUnclearlyEndsNoNightWhereAnOlderOneIsTold() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      for (var unclear : List.of(scene, elsewhere)) {
        for (var key : newestFirst(scene).subList(0, 2)) {
          unclear.sandbox.faults().always(Match.LOOKUP.key(key), Fault.of(Kind.RESET_BEFORE));
        }
      }

      assertThat(scene.charge().exitCode()).isZero();
      refused(6, elsewhere::charge);

      var oldest = newestFirst(scene).getLast();
      scene.sandbox.faults().always(Match.LOOKUP.key(oldest), Fault.of(Kind.RESET_BEFORE));
      refused(8, scene::charge);
    }
  }

  private static List<String> newestFirst(Scene scene) {
    return scene.schema.column("SELECT charge_key FROM charge_attempts ORDER BY id DESC");
  }

  @Test
  void anApprovalOfTodayProvesNothingYet() throws Exception {
    try (var scene = charged(0);
        var elsewhere = elsewhere(scene)) {
      assertThat(elsewhere.charge().exitCode()).isZero();
    }
  }

  @Test
  void anotherAccountIsPinnedByThePersonOnAHostThatIsKnownOnceNothingIsInDoubt() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      elsewhere.host = "app2";
      refused(6, elsewhere::enroll);
      elsewhere.host = "app1";
      elsewhere.enroll();
      elsewhere.invoices(2001, 2, elsewhere.good());

      assertThat(elsewhere.charge().exitCode()).isZero();
      assertThat(elsewhere.sandbox.ledger().standing()).hasSize(2);
      assertThat(scene.count("(SELECT DISTINCT installation FROM charge_attempts) AS i"))
          .isEqualTo(2);
    }
  }

  /** The witness alone knows of the second account, and is not written over. */
  @Test
  void aDatabaseOfBeforeTheChangeOfAccountsIsCuredAsTheInstallationThatItLost() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      elsewhere.timings = Scene.SHORT;
      var backup = Backup.take(scene.schema);
      elsewhere.enroll();
      var second = installation(elsewhere);
      elsewhere.invoices(2001, 2, elsewhere.good());
      assertThat(elsewhere.charge().exitCode()).isZero();
      backup.restore();
      elsewhere.invoices(2001, 2, elsewhere.good());

      refused(6, elsewhere::charge);
      scene.stateDir = elsewhere.stateDir;
      refused(6, scene::enroll);
      elsewhere.enroll();
      refused(6, elsewhere::charge);
      Thread.sleep(7_000);
      var cured = elsewhere.reconcile(Duration.ofHours(1), false);

      assertThat(cured.curing()).isInstanceOf(Curing.Done.class);
      assertThat(installation(elsewhere)).isEqualTo(second);
      assertThat(elsewhere.states(2001)).containsExactly("SETTLED");
      assertThat(elsewhere.charge().exitCode()).isZero();
      assertThat(elsewhere.sandbox.ledger().standing()).hasSize(2);
    }
  }

  @Test
  void whatTheOtherAccountChargedIsNotSaidToBeRefundedOrMissingByThisOne() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      scene.invoice(2001, "79.00", "V2001");
      assertThat(scene.charge().exitCode()).isZero();
      elsewhere.enroll();
      scene.schema.owner("UPDATE invoices SET amount_due = amount WHERE id = 1001;");

      ResolveTest.refused(elsewhere, new ChargeAgain("1001", false), 6, "is asked now");
      elsewhere.reconcile(Duration.ofHours(1), false);
      assertThat(scene.schema.column("SELECT kind FROM charge_differences")).isEmpty();

      ResolveTest.resolve(elsewhere, new ChargeAgain("1001", true));
      assertThat(elsewhere.charge().exitCode()).isZero();
      assertThat(elsewhere.sandbox.ledger().standing()).hasSize(1);
    }
  }

  /** Its listing shows what another installation of ours booked: known, and nobody else's. */
  @Test
  void whatWasBookedThereIsKnownOnceAPersonHasGoneBackToTheAccount() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      elsewhere.enroll();
      scene.enroll();

      var report = scene.reconcile(Duration.ofHours(1), false);

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      var listed = Objects.requireNonNull(report.run().comparison());
      assertThat(listed.transactions()).isEqualTo(3);
      assertThat(listed.foreign()).isEmpty();
      assertThat(scene.schema.column("SELECT kind FROM charge_differences")).isEmpty();
    }
  }

  @Test
  void whatMayStandAtTheOtherAccountIsNotAcceptedAwayAtThisOne() throws Exception {
    try (var scene = charged(2);
        var elsewhere = elsewhere(scene)) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(500);
      scene.recoveryWait = Duration.ZERO;
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.RESET_BEFORE));
      scene.invoice(2001, "79.00", "V2001").charge();
      scene.schema.owner(
          "UPDATE charge_attempts SET state = 'REVIEW', evidence = 'gateway: as in a test'"
              + " WHERE invoice_id = '2001';");
      Thread.sleep(3500);
      ResolveTest.resolve(scene, new NotCharged(new ChargeKey("SHOP-2001-1")));
      scene.schema.owner(TOLD);

      refused(6, elsewhere::enroll);
      scene.schema.owner("UPDATE charge_differences SET state = 'GONE';");
      elsewhere.enroll();
      scene.schema.owner("UPDATE charge_differences SET state = 'OPEN';");

      ResolveTest.refused(elsewhere, new Accept(1), 6, "is asked now");
      elsewhere.timings = scene.timings;
      elsewhere.timeout = scene.timeout;
      ResolveTest.resolve(elsewhere, new NotCharged(new ChargeKey("SHOP-2001-1")));
      assertThat(scene.states(2001)).containsExactly("CANCELLED");
      ResolveTest.refused(elsewhere, new Accept(1), 6, "91 was there before, and is not found");
    }
  }

  private static String installation(Scene scene) {
    try (var database = scene.database()) {
      return new Installations(database).current().orElseThrow().id();
    }
  }

  /** Three invoices charged so many days ago. */
  static Scene charged(int days) {
    return charged(days, WEATHER);
  }

  static Scene charged(int days, String weather) {
    return charged("nmi", days, weather);
  }

  static Scene charged(String kind, int days, String weather) {
    var scene = new Scene(weather);
    scene.kind = kind;
    scene.invoices(1001, 3, scene.good()).enroll();
    assertThat(scene.charge().exitCode()).isZero();
    Backup.withoutGuards(
        scene.schema,
        () ->
            scene.schema.owner(
                "UPDATE charge_attempts SET settled_at = settled_at - INTERVAL %d DAY;"
                    .formatted(days)));
    return scene;
  }

  /** The same host and database, and another account. */
  static Scene elsewhere(Scene scene) throws Exception {
    return elsewhere(scene, SandboxSettings.DEFAULT);
  }

  static Scene elsewhere(Scene scene, SandboxSettings merchant) throws Exception {
    var elsewhere = new Scene(merchant, WEATHER, scene.schema);
    elsewhere.kind = scene.kind;
    var witness = "witness-" + scene.schema.schema();
    Files.copy(scene.stateDir.resolve(witness), elsewhere.stateDir.resolve(witness));
    return elsewhere;
  }

  private static void refused(int exitCode, ThrowingCallable command) {
    assertThatThrownBy(command)
        .asInstanceOf(InstanceOfAssertFactories.type(RunRefused.class))
        .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(exitCode));
  }
}
