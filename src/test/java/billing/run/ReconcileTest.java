package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Gateway;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import billing.rules.Effect;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.store.Backup;
import billing.store.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway, the books and our tables, each brought out of step with the others. */
@Timeout(120)
class ReconcileTest {

  private static final String CALM = "latency=5ms,lag=50ms,duplicate-window=0ms";
  private static final String FORGETFUL = CALM + ",idempotency=off";

  /** Our rows are lost; the app's stay as they are. */
  private static final String OURS_FORGET =
      """
      SET FOREIGN_KEY_CHECKS = 0;
      TRUNCATE TABLE charge_events;
      TRUNCATE TABLE outbox_emails;
      TRUNCATE TABLE charge_differences;
      TRUNCATE TABLE billing_listings;
      TRUNCATE TABLE charge_attempts;
      """;

  /** The app's are lost; ours stay as they are. */
  private static final String APP_FORGETS =
      """
      DELETE FROM payments;
      DELETE FROM transactions;
      UPDATE invoices SET amount_due = amount;
      """;

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

  @Test
  void anotherInstallationUnderOurPrefixEndsEveryRun() {
    try (var scene = calm("stripe")) {
      scene.invoices(1001, 1, scene.good()).enroll();
      chargeByHand(scene, "SHOP-9-1", "9", "another", "cus_9", "pm_card_visa_9");

      var report = scene.charge();
      assertThat(report.exitCode()).isEqualTo(6);
      assertThat(comparison(report).foreign()).containsExactly("SHOP-9-1 of installation another");
      assertThat(scene.reconcile().exitCode()).isEqualTo(6);
      assertThat(scene.states(1001)).isEmpty();
      assertThat(scene.count("billing_listings")).isZero();
    }
  }

  /** Its charge comes after our first listing, which therefore cannot show it. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void aRivalOnACopyThatChargesBesideUsIsSeenBeforeTheRunIsOver(String kind) {
    try (var scene = calm(kind)) {
      scene.timings = Scene.timings(Duration.ofMillis(600), Duration.ofHours(24));
      scene.invoices(1001, 2, scene.good()).enroll();
      var charged = new AtomicBoolean();
      scene.trace =
          effect -> {
            if (effect instanceof Effect.Claim && charged.compareAndSet(false, true)) {
              var card = kind.equals("nmi") ? "V9" : "pm_card_visa_9";
              chargeByHand(scene, "SHOP-9-1", "9", installation(scene), "cus_9", card);
            }
          };

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(6);
      assertThat(report.findings()).contains(Finding.FORGOTTEN);
      assertThat(comparison(report).forgotten()).containsExactly("SHOP-9-1");
      assertThat(comparison(report).pages()).isEqualTo(1);
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

  @Test
  void manyPagesAreComparedAndADryRunWritesNothing() throws Exception {
    try (var scene = calm("stripe")) {
      scene.concurrency = 16;
      scene.invoices(1001, 230, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          OURS_FORGET.replace("TRUNCATE TABLE billing_listings;\n", "") + APP_FORGETS);
      var before = fingerprint(scene);

      var look = scene.look();

      // Three of intents, one each of refunds and disputes.
      assertThat(look.pages()).isEqualTo(5);
      assertThat(look.transactions()).isEqualTo(230);
      assertThat(look.forgotten()).isNotEmpty();
      assertThat(look.complete()).isTrue();
      assertThat(fingerprint(scene)).isEqualTo(before);
      var report = scene.reconcile();
      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(comparison(report.run()).pages()).isEqualTo(5);
      assertThat(scene.count("payments")).isEqualTo(230);
      scene.judgeMoney();
    }
  }

  @Test
  void aListingThatIsCutShortSendsNothingAndLeavesTheWatermark() {
    try (var scene = calm("stripe")) {
      scene.concurrency = 16;
      scene.invoices(1001, 105, scene.good()).enroll();
      scene.charge();
      var mark = scene.schema.one("SELECT MAX(listed_until) FROM billing_listings");
      scene.invoices(2001, 1, scene.good());
      for (int i = 0; i < 3; i++) {
        scene.sandbox.faults().next(Match.LOOKUP.nth(0), Fault.of(Kind.RESET_BEFORE));
      }

      var report = scene.charge();

      assertThat(report.exitCode()).as("%s", report.trouble()).isEqualTo(8);
      assertThat(scene.states(2001)).isEmpty();
      assertThat(scene.schema.one("SELECT MAX(listed_until) FROM billing_listings"))
          .isEqualTo(mark);
      assertThat(scene.charge().exitCode()).isZero();
      assertThat(scene.states(2001)).containsExactly("SETTLED");
      assertThat(scene.schema.one("SELECT MAX(listed_until) FROM billing_listings"))
          .isGreaterThan(mark);
    }
  }

  @Test
  void onlyAListingWithoutAGapMovesTheWatermark() {
    try (var scene = calm("stripe")) {
      scene.enroll();
      assertThat(scene.reconcile(Duration.ofHours(1), false).exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isZero();
      assertThat(scene.reconcile(Duration.ofDays(11), false).exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isEqualTo(1);
      assertThat(scene.reconcile().exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isEqualTo(2);
      assertThat(scene.reconcile(Duration.ofSeconds(1), false).exitCode()).isZero();
      assertThat(scene.count("billing_listings")).isEqualTo(2);
    }
  }

  @Test
  void doubtsAreResolvedFirstAndNothingIsEverSent() {
    try (var scene = calm("stripe")) {
      scene.recoveryWait = Duration.ZERO;
      scene.invoices(1001, 3, scene.good()).enroll();
      scene.sandbox.faults().next(Match.CHARGE.key("SHOP-1002-1"), Fault.of(Kind.RESET_AFTER));
      scene.sandbox.faults().always(Match.LOOKUP.key("SHOP-1002-1"), Fault.of(Kind.RESET_BEFORE));
      scene.charge();
      scene.sandbox.faults().clear();
      scene.invoices(3001, 1, scene.good());
      var charges = scene.sandbox.ledger().charges().size();

      var report = scene.reconcile();

      assertThat(report.exitCode()).as("%s", report.run().trouble()).isZero();
      assertThat(scene.states(1002)).containsExactly("SETTLED");
      assertThat(scene.states(3001)).isEmpty();
      assertThat(scene.sandbox.ledger().charges()).hasSize(charges);
      scene.judge();
    }
  }

  @Test
  void aDatabaseThatWentBackIsCuredByAListingThatIsLateEnough() throws Exception {
    try (var scene = calm("stripe")) {
      scene.timings = Scene.SHORT;
      scene.timeout = Duration.ofMillis(700);
      scene.invoices(1001, 1, scene.good()).enroll();
      assertThat(scene.charge().exitCode()).isZero();
      var fence = scene.schema.rows("SELECT epoch, holder, seq FROM billing_fence").getFirst();
      scene.invoices(2001, 2, scene.good());
      assertThat(scene.charge().exitCode()).isZero();
      scene.schema.owner(
          """
          SET FOREIGN_KEY_CHECKS = 0;
          DROP TRIGGER charge_attempts_bd;
          DROP TRIGGER charge_events_bd;
          DELETE FROM charge_events WHERE run_no > %1$s;
          DELETE FROM outbox_emails WHERE run_no > %1$s;
          DELETE FROM charge_attempts WHERE run_no > %1$s;
          DELETE FROM billing_listings WHERE run_no > %1$s;
          DELETE FROM billing_runs WHERE run_no > %1$s;
          DELETE FROM payments WHERE invoice_id > 2000;
          DELETE FROM transactions WHERE invoice_id > 2000;
          UPDATE invoices SET amount_due = amount WHERE id > 2000;
          UPDATE billing_fence SET epoch = %1$s, holder = '%2$s', seq = %3$s;
          """
              .formatted(fence.get("epoch"), fence.get("holder"), fence.get("seq")));
      restoreTriggers(scene);

      assertThat(refusal(scene)).isEqualTo(6);
      var early = scene.reconcile();
      assertThat(early.exitCode()).as("%s", early.run().trouble()).isEqualTo(3);
      assertThat(early.curing()).isInstanceOf(Curing.Owed.class);
      assertThat(refusal(scene)).isEqualTo(6);
      Thread.sleep(3500);
      var late = scene.reconcile();

      assertThat(late.exitCode()).as("%s", late.run().trouble()).isZero();
      assertThat(late.curing()).isInstanceOf(Curing.Done.class);
      assertThat(scene.states(2001)).containsExactly("SETTLED");
      assertThat(scene.charge().exitCode()).isZero();
      scene.judgeMoney();
    }
  }

  private static int refusal(Scene scene) {
    try {
      return scene.charge().exitCode();
    } catch (RunRefused e) {
      return e.exitCode();
    }
  }

  private static void restoreTriggers(Scene scene) {
    scene.schema.owner(
        """
        CREATE TRIGGER charge_attempts_bd BEFORE DELETE ON charge_attempts FOR EACH ROW SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30008, MESSAGE_TEXT = 'attempts are never deleted';
        CREATE TRIGGER charge_events_bd BEFORE DELETE ON charge_events FOR EACH ROW SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30009, MESSAGE_TEXT = 'charge_events is append-only';
        """);
  }

  private static Scene calm(String kind) {
    var scene = new Scene(CALM);
    scene.kind = kind;
    return scene;
  }

  /** The queue is filled and nothing is claimed: the run dies before its first claim. */
  private static void queueOnly(Scene scene) {
    queueOnly(scene, 1);
  }

  private static void queueOnly(Scene scene, int attemptNo) {
    scene.schema.owner(
        """
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, customer_ref, payment_ref, gateway, account_id,
                live_mode, protocol, installation, charge_key, as_of, run_no, created_at)
        SELECT '1001', %1$d, 'PENDING', 79, 7900, 'USD', 'cus_1001', 'pm_card_visa', i.gateway, COALESCE(i.account_id, ''),
               i.live_mode, 1, i.installation, 'SHOP-1001-%1$d', '2026-11-23', 1, NOW(6)
          FROM billing_installation i LIMIT 1;
        """
            .formatted(attemptNo));
  }

  private static ComparisonReport comparison(ChargeReport report) {
    return Objects.requireNonNull(report.comparison());
  }

  private static List<String> open(Scene scene) {
    return scene.schema.column("SELECT kind FROM charge_differences WHERE state = 'OPEN'");
  }

  static String installation(Scene scene) {
    return scene.schema.one("SELECT DISTINCT installation FROM billing_installation");
  }

  private static List<String> fingerprint(Scene scene) {
    return scene
        .schema
        .rows(
            "CHECKSUM TABLE charge_attempts, charge_events, charge_differences, billing_fence,"
                + " billing_runs, billing_listings, outbox_emails, payments, invoices")
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** Somebody charges past us, and names it as he likes. */
  static String chargeByHand(
      Scene scene, String key, String invoice, String installation, String customer, String card) {
    var reply = replyByHand(scene, key, invoice, installation, customer, card);
    return ((GatewayReply.Approved) reply).transactionId();
  }

  static GatewayReply replyByHand(
      Scene scene, String key, String invoice, String installation, String customer, String card) {
    try (var gateway = scene.gateway()) {
      var reply =
          gateway.charge(attempt(gateway, key, invoice, installation, customer, card), () -> true);
      // Until the listing shows it: a run that begins at once would be quicker than the lag.
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      return reply;
    }
  }

  private static Attempt attempt(
      Gateway gateway,
      String key,
      String invoice,
      String installation,
      String customer,
      String card) {
    var order =
        new Order(
            new ChargeKey(key),
            invoice,
            1,
            installation,
            new Money(7900, Currency.of("USD").orElseThrow()),
            customer,
            card,
            null,
            new Account(gateway.kind(), null, false),
            gateway.protocol());
    var now = Instant.now();
    return new Attempt(
        order, AttemptState.SENT, 1, new Sends("?"), now, now, null, null, 0, null, 1);
  }
}
