package billing.run;

import static billing.run.OutOfStep.APP_FORGETS;
import static billing.run.OutOfStep.OURS_FORGET;
import static billing.run.OutOfStep.calm;
import static billing.run.OutOfStep.chargeByHand;
import static billing.run.OutOfStep.comparison;
import static billing.run.OutOfStep.installation;
import static billing.run.OutOfStep.open;
import static billing.run.OutOfStep.queueOnly;
import static billing.run.OutOfStep.replyByHand;
import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.Finding;
import billing.rules.Limits;
import billing.store.Backup;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database forgot, or takes for unsent, comes back from the gateway's listing. */
@Timeout(120)
class AdoptionTest {

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatBothForgotIsAdoptedAndBooked(String kind) {
    try (var scene = calm(kind)) {
      scene.invoices(1001, 5, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(OURS_FORGET + APP_FORGETS);
      var told = scene.mail.received().size();

      var refused = scene.charge();
      assertThat(refused.exitCode()).as("%s", refused.trouble()).isEqualTo(6);
      assertThat(refused.findings()).contains(Finding.FORGOTTEN);
      assertThat(comparison(refused).forgotten()).hasSize(5).contains("SHOP-1001-1");
      assertThat(scene.count("charge_attempts")).isZero();
      assertThat(scene.charge().exitCode()).isEqualTo(6);

      var report = scene.reconcile();
      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(comparison(report.run()).adopted()).hasSize(5);
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED' AND adopted = 1"))
          .isEqualTo(5);
      assertThat(scene.count("invoices WHERE amount_due = 0")).isEqualTo(5);
      assertThat(scene.mail.received()).hasSize(told);

      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.sandbox.ledger().standing()).hasSize(5);
      scene.judgeMoney();
    }
  }

  @Test
  void whatOursForgotAndTheBooksHaveIsNotBookedOnceMore() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.charge();
      scene.schema.owner(OURS_FORGET);

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(scene.count("charge_attempts WHERE state = 'SETTLED' AND adopted = 1"))
          .isEqualTo(3);
      assertThat(scene.schema.column("SELECT amount_due FROM invoices")).containsOnly("0.0000");
      scene.judgeMoney();
    }
  }

  @Test
  void customersHearOfWhatIsAdoptedWhereThatIsAskedFor() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.charge();
      scene.schema.owner(OURS_FORGET + APP_FORGETS);

      var report = scene.reconcile(null, true);

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(Objects.requireNonNull(report.run().mail()).sent()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void forgottenTriesOfOneInvoiceComeBackOneAfterTheOther(String kind) {
    try (var scene = calm(kind)) {
      scene.invoices(1001, 1, scene.poor()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      var good = kind.equals("nmi") ? "V7" : scene.good();
      scene.schema.owner("UPDATE customers SET payment_ref = '" + good + "';");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(1001)).containsExactly("DECLINED", "SETTLED");
      scene.schema.owner(OURS_FORGET + APP_FORGETS);

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      // One that is too early, since no witness tells of it.
      assertThat(report.rounds()).isEqualTo(4);
      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("DECLINED", "SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      scene.judgeMoney();
    }
  }

  /** Each round brings one of them back, and the rounds have a limit. */
  @Test
  void forgottenTriesThatAreMoreThanItsRoundsAreNamed() {
    try (var scene = calm("stripe")) {
      scene.timings = CureTest.SHORTEST;
      scene.invoices(1001, 1, scene.good()).enroll();
      var installation = installation(scene);
      var tries = Limits.ROUNDS + 1;
      for (int i = 1; i <= tries; i++) {
        replyByHand(scene, "SHOP-1001-" + i, "1001", installation, "cus_1001", scene.poor());
      }

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isEqualTo(6);
      assertThat(report.run().findings()).contains(Finding.FORGOTTEN);
      assertThat(comparison(report.run()).adopted()).hasSize(Limits.ROUNDS - 1);
      assertThat(comparison(report.run()).forgotten())
          .containsExactlyInAnyOrder("SHOP-1001-" + (tries - 1), "SHOP-1001-" + tries);
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(scene.states(1001)).hasSize(tries).containsOnly("DECLINED");
    }
  }

  /** An attempt under a former prefix has its number: its row cannot be written. */
  @Test
  void aForgottenOneWhosePlaceIsTakenIsNamed() {
    try (var scene = calm("stripe")) {
      scene.timings = CureTest.SHORTEST;
      scene.invoices(1001, 1, scene.good()).enroll();
      queueOnly(scene);
      scene.schema.owner("UPDATE charge_attempts SET state = 'CANCELLED', ended_at = NOW(6);");
      Backup.withoutGuards(
          scene.schema,
          () -> scene.schema.owner("UPDATE charge_attempts SET charge_key = 'OLD-1001-1';"));
      chargeByHand(scene, "SHOP-1001-1", "1001", installation(scene), "cus_1001", scene.good());

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isEqualTo(6);
      assertThat(report.run().findings()).contains(Finding.FORGOTTEN);
      assertThat(comparison(report.run()).forgotten()).containsExactly("SHOP-1001-1");
    }
  }

  @Test
  void anAttemptThatIsTakenForUnsentIsAdoptedInPlace() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.charge();
      scene.schema.owner(OURS_FORGET + APP_FORGETS);
      queueOnly(scene);
      assertThat(scene.states(1001)).containsExactly("PENDING");

      assertThat(scene.charge().exitCode()).isEqualTo(6);
      assertThat(scene.states(1001)).containsExactly("PENDING");
      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      scene.judgeMoney();
    }
  }

  @Test
  void anInvoiceNumberThatCameBackForAnotherCustomerIsNotBooked() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.charge();
      scene.schema.owner(OURS_FORGET + APP_FORGETS);
      scene.schema.owner("UPDATE customers SET customer_ref = 'cus_new', payment_ref = 'pm_new';");

      assertThat(scene.reconcile().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("UNKNOWN_HERE");
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
    }
  }
}
