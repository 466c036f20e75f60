package billing.run;

import static billing.run.OutOfStep.FORGETFUL;
import static billing.run.OutOfStep.calm;
import static billing.run.OutOfStep.chargeByHand;
import static billing.run.OutOfStep.comparison;
import static billing.run.OutOfStep.installation;
import static billing.run.OutOfStep.open;
import static billing.run.OutOfStep.queueOnly;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The gateway shows a charge of an attempt that has ended here, sent as far as we know or never.
 */
@Timeout(120)
class EndedAttemptTest {

  @Test
  void anApprovalThatCameLateIsBookedByTheNightItself() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      queueOnly(scene);
      scene.schema.owner(
          """
          UPDATE charge_attempts SET state = 'SENT', send_no = 1, sends = '?', first_sent_at = NOW(6), last_sent_at = NOW(6);
          UPDATE charge_attempts SET state = 'CANCELLED', sends = 'r', ended_at = NOW(6);
          """);
      chargeByHand(scene, "SHOP-1001-1", "1001", installation(scene), "cus_1001", scene.good());

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isZero();
      assertThat(comparison(report).late()).isEqualTo(1);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      assertThat(scene.sandbox.ledger().standing()).hasSize(1);
      assertThat(scene.count("payments")).isEqualTo(1);
    }
  }

  @Test
  void oneThatWasNeverSentAsFarAsWeKnowIsBookedByReconcileAlone() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      queueOnly(scene);
      scene.schema.owner("UPDATE charge_attempts SET state = 'CANCELLED', ended_at = NOW(6);");
      chargeByHand(scene, "SHOP-1001-1", "1001", installation(scene), "cus_1001", scene.good());

      assertThat(scene.charge().exitCode()).isEqualTo(6);
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      var report = scene.reconcile();

      // Its letter may have been told in the time that was forgotten.
      assertThat(report.exitCode()).as("%s", report.run().trouble()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("SETTLED");
      ResolveTest.resolve(scene, new ResolveOrder.Declines(report.run().run(), true));
      assertThat(scene.charge().exitCode()).isZero();
    }
  }

  /** By the time that the app's SQL is mended, no listing shows it any more. */
  @Test
  void whatTheAppDidNotBookOfOneThatWasNeverSentAsFarAsWeKnowIsTriedAgain() throws Exception {
    try (var scene = calm("stripe")) {
      scene.timings = Scene.timings(Scene.SHORT.permit(), Duration.ofSeconds(3));
      scene.timeout = Duration.ofMillis(500);
      scene.invoices(1001, 1, scene.good()).enroll();
      queueOnly(scene);
      scene.schema.owner("UPDATE charge_attempts SET state = 'CANCELLED', ended_at = NOW(6);");
      chargeByHand(scene, "SHOP-1001-1", "1001", installation(scene), "cus_1001", scene.good());
      scene.schema.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (invoice_id <> 1001);");
      assertThat(scene.reconcile().exitCode()).isEqualTo(4);
      for (int night = 0; night < 3; night++) {
        Thread.sleep(3_500);
        var again = scene.reconcile();
        assertThat(again.exitCode()).as("night %d", night).isEqualTo(4);
        if (night > 0) {
          // No listing shows it any more, so that none is waited for.
          assertThat(again.curing()).isEqualTo(new Curing.NotNeeded());
          assertThat(again.rounds()).isOne();
        }
        assertThat(open(scene)).containsExactly("NOT_BOOKABLE");
      }
      scene.schema.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;");

      // Its letter may have been told in the time that was forgotten: charge would tell it.
      assertThat(scene.charge().exitCode()).isEqualTo(4);
      assertThat(scene.states(1001)).containsExactly("CANCELLED");
      var report = scene.reconcile();

      assertThat(scene.states(1001)).as(scene.story(1001)).containsExactly("SETTLED");
      assertThat(open(scene)).isEmpty();
      assertThat(scene.mail.received()).isEmpty();
      ResolveTest.resolve(scene, new ResolveOrder.Declines(report.run().run(), true));
      var after = scene.charge();
      assertThat(after.exitCode()).as("%s", after.trouble()).isZero();
      assertThat(scene.mail.received()).hasSize(1);
      scene.judgeMoney();
    }
  }

  @Test
  void whatTheAppDidNotBookOfOneThatWasNeverSentAsFarAsWeKnowKeepsItsSiblingBack() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      queueOnly(scene);
      scene.schema.owner("UPDATE charge_attempts SET state = 'CANCELLED', ended_at = NOW(6);");
      queueOnly(scene, 2);
      scene.schema.owner(
          "INSERT INTO charge_differences (kind, subject, invoice_id, detail, run_no, opened_at)"
              + " VALUES ('NOT_BOOKABLE', 'SHOP-1001-1', '1001', 'a test', 1, UTC_TIMESTAMP(6));");

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(scene.states(1001)).containsExactly("CANCELLED", "PENDING");
      assertThat(scene.sandbox.ledger().standing()).isEmpty();
    }
  }

  @Test
  void whatWasApprovedOtherwiseThanWeAskedIsForAPerson() {
    try (var scene = new Scene(FORGETFUL)) {
      scene.invoices(1001, 1, scene.poor()).enroll();
      scene.charge();
      chargeByHand(scene, "SHOP-1001-1", "1001", installation(scene), "cus_1001", scene.good());

      assertThat(scene.charge().exitCode()).isEqualTo(4);

      assertThat(open(scene)).containsExactly("AMOUNT");
      assertThat(scene.states(1001)).containsExactly("DECLINED");
    }
  }
}
