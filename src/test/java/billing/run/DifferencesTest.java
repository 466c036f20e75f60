package billing.run;

import static billing.run.OutOfStep.APP_FORGETS;
import static billing.run.OutOfStep.CALM;
import static billing.run.OutOfStep.FORGETFUL;
import static billing.run.OutOfStep.calm;
import static billing.run.OutOfStep.chargeByHand;
import static billing.run.OutOfStep.comparison;
import static billing.run.OutOfStep.installation;
import static billing.run.OutOfStep.open;
import static org.assertj.core.api.Assertions.assertThat;

import billing.store.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a comparison leaves to a person, and what closes it. */
@Timeout(120)
class DifferencesTest {

  @Test
  void aRefundIsADifferenceOnce() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.charge();
      var charge = scene.sandbox.ledger().standing().getFirst();
      assertThat(scene.sandbox.ledger().reverse(charge.transactionId())).isTrue();

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("REVERSED");
      var report = scene.reconcile();
      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(comparison(report.run()).opened()).isZero();
      assertThat(open(scene)).containsExactly("REVERSED");

      scene.schema.owner("UPDATE charge_differences SET state = 'ACCEPTED';");
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
    }
  }

  @Test
  void anAcceptedRefundComesBackWhenMoreIsGivenBack() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.charge();
      var ledger = scene.sandbox.ledger();
      var charge = ledger.standing().getFirst().transactionId();
      for (var told :
          List.of(
              "refunded by 4.00 USD",
              "refunded by 6.50 USD",
              "refunded by 6.50 USD and disputed")) {
        if (told.endsWith("disputed")) {
          assertThat(ledger.dispute(charge)).isTrue();
        } else {
          assertThat(ledger.refund(charge, told.contains("4.00") ? 400 : 250)).isNotNull();
        }
        for (int i = 0; i < 2; i++) {
          assertThat(scene.reconcile().exitCode()).isEqualTo(4);
          assertThat(
                  scene.schema.column("SELECT detail FROM charge_differences WHERE state = 'OPEN'"))
              .containsExactly("booked, but " + told + " at the gateway: transaction " + charge);
        }
        scene.schema.owner(
            "UPDATE charge_differences SET state = 'ACCEPTED' WHERE state = 'OPEN';");
        assertThat(scene.reconcile().exitCode()).isZero();
      }
    }
  }

  @Test
  void chargedTwiceByHandIsADifferenceUntilTheTwinIsGivenBack() {
    try (var scene = new Scene(FORGETFUL)) {
      scene.timings = Scene.SHORT;
      scene.invoices(1001, 1, scene.good()).enroll();
      scene.charge();
      var twin =
          chargeByHand(scene, "SHOP-1001-1", "1001", installation(scene), "cus_1001", scene.good());
      assertThat(scene.sandbox.ledger().doubles()).hasSize(1);

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("CHARGED_TWICE");
      assertThat(scene.schema.one("SELECT subject FROM charge_differences")).isEqualTo(twin);

      scene.sandbox.ledger().reverse(twin);
      var report = scene.reconcile();
      assertThat(report.exitCode()).as("%s", report.run().differences()).isZero();
      assertThat(comparison(report.run()).closed()).isEqualTo(1);
      assertThat(open(scene)).isEmpty();
    }
  }

  @Test
  void anotherScriptsChargeOfADueInvoiceBlocksItUntilItIsBooked() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 2, scene.good()).enroll();
      var other = chargeByHand(scene, "OLD-1", "1001", "", "cus_1001", "pm_card_visa_1");
      chargeByHand(scene, "OLD-2", "7", "", "cus_7", "pm_card_visa_7");

      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.states(1002)).containsExactly("SETTLED");
      assertThat(open(scene)).containsExactly("CHARGED_ELSEWHERE");
      assertThat(scene.schema.one("SELECT subject FROM charge_differences"))
          .isEqualTo(other + " 1001");

      scene.schema.owner(
          "INSERT INTO payments (invoice_id, amount, currency, gateway_transaction_id, paid_at)"
              + " VALUES (1001, 79, 'USD', '%s', NOW(6));\n".formatted(other)
              + "UPDATE invoices SET amount_due = 0 WHERE id = 1001;");
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
    }
  }

  @Test
  void whatTheAppForgotAloneIsUnbooked() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.charge();
      var payments = "payments_kept";
      scene.schema.owner("CREATE TABLE " + payments + " AS SELECT * FROM payments;");
      scene.schema.owner(APP_FORGETS);

      var report = scene.charge();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(scene.sandbox.ledger().standing()).hasSize(3);
      assertThat(open(scene)).filteredOn("UNBOOKED"::equals).hasSize(3);
      scene.schema.owner(
          "INSERT INTO payments SELECT * FROM payments_kept;\nUPDATE invoices SET amount_due = 0;");
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(open(scene)).isEmpty();
    }
  }

  @Test
  void whatTheGatewayDoesNotHaveIsUnknownThereOnceItIsOldEnough() throws Exception {
    var schema = TestDatabase.fresh();
    try (var scene = new Scene(CALM, schema)) {
      scene.invoices(1001, 2, scene.good()).enroll();
      scene.charge();
    }
    // Another ledger answers under the same account.
    try (var scene = new Scene(CALM, schema)) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(700);
      scene.enroll();
      Thread.sleep(3200);
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("UNKNOWN_THERE", "UNKNOWN_THERE");
    }
  }

  @Test
  void aChargeUnderOurPrefixThatLeadsNowhereIsToldAndEndsNoNightTwice() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      chargeByHand(scene, "SHOP-9-1", "8", installation(scene), "cus_9", "pm_card_visa_9");

      assertThat(scene.charge().exitCode()).isEqualTo(6);
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      assertThat(open(scene)).containsExactly("UNKNOWN_HERE");
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
    }
  }
}
