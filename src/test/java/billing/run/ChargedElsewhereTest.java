package billing.run;

import static billing.run.OutOfStep.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.rules.Limits;
import billing.run.ResolveOrder.AlreadyPaid;
import billing.sandbox.Fault;
import billing.sandbox.Match;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What closes a difference about somebody else's charge, and what must not. */
@Timeout(120)
class ChargedElsewhereTest {

  private static final String OFF_DUE = "UPDATE invoices SET due_on = '2999-01-01';";

  @Test
  void aLostNightThatIsMadeUpForSeesWhatPaidAnInvoiceOfTheDaysSince() {
    try (var scene = scene("stripe")) {
      var today = LocalDate.now(ZoneOffset.UTC);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.minusDays(1)));
      charge(scene);

      var report =
          scene.charge(
              new ChargeOrder(today.minusDays(3), Set.of(), Integer.MAX_VALUE, Duration.ZERO));

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }

  /** On the day on which it is due no listing shows the charge any more. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whoPaysBeforeTheInvoiceIsDueIsNotChargedOnThatDay(String kind) throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var today = LocalDate.now(ZoneOffset.UTC);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.plusDays(30)));
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today));

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      assertThat(scene.states(1001)).isEmpty();
      scene.schema.owner("UPDATE invoices SET due_on = '%s';".formatted(today.plusDays(27)));
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  @Test
  void aListingOfAClockThatWasAheadHidesNothing() {
    try (var scene = scene("stripe")) {
      scene.schema.owner(OFF_DUE);
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          "UPDATE billing_listings SET listed_until = listed_until + INTERVAL 3 DAY;");
      charge(scene);
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20';");

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  /** The listing shows the charge once: it must still be to come when the file is mended. */
  @Test
  void pagesThatSkipAnInvoiceDoNotHideWhatPaidIt(@TempDir Path appSql) throws Exception {
    try (var scene = scene("stripe")) {
      charge(scene);
      scene.invoices(1002, Limits.PAGE, "pm_card_of_others");
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20' - INTERVAL id - 1000 DAY;");
      scene.appSql = AppDatabaseTest.copyOfTheBundledFiles(appSql);
      var file = appSql.resolve("due_invoices.sql");
      Files.writeString(file, Files.readString(file).replace("ORDER BY i.id", "ORDER BY i.due_on"));

      assertThat(scene.reconcile().exitCode()).isEqualTo(7);
      scene.appSql = null;

      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }

  @Test
  void anInvoiceThatIsOffDueForANightStaysBlocked() {
    try (var scene = scene("stripe")) {
      charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner(OFF_DUE);

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      scene.schema.owner("UPDATE invoices SET due_on = '2026-11-20';");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void onceItIsGivenBackTheInvoiceIsCharged(String kind) {
    try (var scene = scene(kind)) {
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.sandbox.ledger().reverse(other)).isTrue();

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isZero();
      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }

  /** By the time that a person has decided, no listing shows it any more. */
  @ParameterizedTest
  @CsvSource({"stripe, part", "stripe, dispute", "nmi, part"})
  void whatWentBackInPartOrIsDisputedMayHavePaidTheInvoice(String kind, String what)
      throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var other = charge(scene);
      if (what.equals("part")) {
        assertThat(scene.sandbox.ledger().refund(other, 400)).isNotNull();
      } else {
        assertThat(scene.sandbox.ledger().dispute(other)).isTrue();
      }

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(scene.count("charge_differences")).isOne();
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));
      assertThat(scene.schema.one("SELECT amount FROM payments")).startsWith("79.00");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("REVERSED");
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  /** By the time that is known, no listing shows it any more. */
  @ParameterizedTest
  @CsvSource({"stripe, has not decided transaction", "nmi, does not say how transaction"})
  void whatIsNotDecidedMayPayTheInvoiceUntilItFails(String kind, String says) throws Exception {
    try (var scene = soonOutOfSight(kind)) {
      var other = undecided(scene);

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      ResolveTest.refused(scene, new AlreadyPaid(number(scene), other), 6, says + " " + other);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      Thread.sleep(3_500);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.count("charge_differences")).isOne();
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
      decide(scene, false);

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatCameInIsAdoptedThoughItWasSeenOnItsWay(String kind) {
    try (var scene = scene(kind)) {
      var other = undecided(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      decide(scene, true);

      ResolveTest.resolve(scene, new AlreadyPaid(number(scene), other));

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.schema.one("SELECT gateway_transaction_id FROM payments")).isEqualTo(other);
      assertThat(scene.sandbox.ledger().charges()).hasSize(1);
    }
  }

  @Test
  void ofAnInvoiceThatIsNotDueAPersonIsToldWhatClosesIt() {
    try (var scene = scene("stripe")) {
      var other = charge(scene);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      scene.schema.owner(OFF_DUE);
      var id = number(scene);

      assertThatThrownBy(() -> ResolveTest.resolve(scene, new AlreadyPaid(id, other)))
          .isInstanceOfSatisfying(
              RunRefused.class,
              refused -> assertThat(refused.remedy()).contains("enter " + other, "--charge-it"));

      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
    }
  }

  private static Scene scene(String kind) {
    var scene = new Scene("latency=5ms,lag=50ms,duplicate-window=0ms");
    scene.kind = kind;
    return scene.invoices(1001, 1, scene.good()).enroll();
  }

  private static Scene soonOutOfSight(String kind) {
    var scene = scene(kind);
    scene.timings = Scene.timings(Scene.SHORT.permit(), Duration.ofSeconds(3));
    scene.timeout = Duration.ofMillis(500);
    return scene;
  }

  private static String charge(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    return OutOfStep.chargeByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
  }

  /** A bank debit that is on its way, or what NMI leaves in a condition that decides nothing. */
  private static String undecided(Scene scene) {
    var card = scene.schema.one("SELECT payment_ref FROM customers");
    if (scene.kind.equals("nmi")) {
      scene.sandbox.faults().next(Match.CHARGE, Fault.of(Fault.Kind.HELD));
    } else {
      card = "pm_usBankAccount_processing";
    }
    OutOfStep.replyByHand(scene, "OLD-1", "1001", "", "cus_1001", card);
    return scene.sandbox.ledger().charges().getFirst().transactionId();
  }

  private static void decide(Scene scene, boolean approved) {
    var held = scene.sandbox.ledger().charges().getFirst();
    assertThat(scene.sandbox.ledger().decide(held.id(), approved, "200", "as in a test")).isTrue();
  }

  private static long number(Scene scene) {
    return Long.parseLong(
        scene.schema.one("SELECT id FROM charge_differences WHERE state = 'OPEN'"));
  }
}
