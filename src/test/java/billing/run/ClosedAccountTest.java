package billing.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.run.ResolveOrder.Accept;
import billing.run.ResolveOrder.NotCharged;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.sandbox.Operation;
import billing.sandbox.SandboxSettings;
import java.time.Duration;
import java.util.ArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The processor closed the account while something was open there: a person's word does alone. */
class ClosedAccountTest {

  private static final ChargeKey KEY = new ChargeKey("SHOP-2001-1");
  private static final String WEATHER = "latency=5ms,lag=50ms,duplicate-window=0ms";

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatNobodyAnsweredIsChargedByAnotherAccountOnAPersonsWord(String kind) throws Exception {
    try (var there = inDoubt(kind, Fault.of(Kind.SILENT_BEFORE));
        var here = another(there)) {
      there.gatewayKey = "sk_test_closed";
      refused(8, "docs/cutover.md", there::charge);
      ResolveTest.refused(there, new NotCharged(KEY), 8, "refused gateway.key");
      refused(6, "docs/cutover.md", here::enroll);
      here.althoughAccountRefused = true;
      ResolveTest.refused(here, new NotCharged(KEY), 6, "does not refuse gateway.key");
      here.althoughAccountRefused = false;
      there.althoughAccountRefused = true;
      there.timings = ResolveTest.unasked(Duration.ofDays(1));
      pastTheHorizon();
      ResolveTest.refused(there, new NotCharged(KEY), 6, "may still take effect at the gateway");
      there.timings = ResolveTest.unasked(Duration.ofSeconds(4));

      var report = ResolveTest.resolve(there, new NotCharged(KEY));

      assertThat(report.what()).contains("CANCELLED").contains("nobody was asked");
      assertThat(there.states(2001)).containsExactly("CANCELLED");
      assertThat(
              there.schema.one(
                  "SELECT CONCAT_WS(' ', from_state, to_state, sends, evidence) FROM charge_events"
                      + " ORDER BY id DESC LIMIT 1"))
          .startsWith("SENT CANCELLED ? a person, --not-charged: a test; gateway: not asked, it")
          .contains("refused gateway.key");
      assertThat(ResolveTest.resolve(there, new NotCharged(KEY)).done()).isFalse();

      here.enroll();
      var waiting = here.charge();
      assertThat(waiting.exitCode()).isEqualTo(3);
      assertThat(waiting.elsewhere()).extracting(Attempt::key).containsExactly(KEY);
      assertThat(here.sandbox.ledger().charges()).isEmpty();
      ResolveTest.resolve(here, new NotCharged(KEY));
      assertThat(here.charge().exitCode()).isZero();
      assertThat(here.states(2001)).as(here.story(2001)).containsExactly("CANCELLED", "SETTLED");
      assertThat(here.sandbox.ledger().standing()).hasSize(1);
      judgeHistory(there, here);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void whatWasChargedBeforeItWasClosedIsBookedOnAPersonsWord(String kind) throws Exception {
    try (var there = inDoubt(kind, Fault.of(Kind.RESET_AFTER));
        var here = another(there)) {
      there.gatewayKey = "sk_test_closed";
      there.althoughAccountRefused = true;
      var anothers =
          there.schema.one(
              "SELECT gateway_transaction_id FROM charge_attempts WHERE invoice_id = '1001'");
      ResolveTest.refused(there, new Settled(KEY, anothers), 6, "the app's books have");

      var report = ResolveTest.resolve(there, new Settled(KEY, transaction(there)));

      assertThat(report.what()).contains("nobody was asked").contains("79.00 USD");
      assertThat(there.states(2001)).containsExactly("SETTLED");
      assertThat(
              there.schema.one(
                  "SELECT sends FROM charge_attempts WHERE charge_key = 'SHOP-2001-1'"))
          .as("no approval of the gateway's own, by which an account would be known")
          .isEqualTo("c");
      assertThat(there.count("payments WHERE invoice_id = 2001 AND amount = 79")).isOne();
      assertThat(there.count("invoices WHERE id = 2001 AND amount_due = 0")).isOne();
      assertThat(ResolveTest.resolve(there, new Settled(KEY, transaction(there))).done()).isFalse();

      here.enroll();
      assertThat(here.charge().exitCode()).isZero();
      assertThat(here.sandbox.ledger().charges()).isEmpty();
      judgeHistory(there, here);
    }
  }

  /** The key was a wrong one, and the account as it ever was. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void anAccountThatAnswersAgainIsAskedBeforeTheInvoiceIsChargedOnceMore(String kind) {
    try (var there = inDoubt(kind, Fault.of(Kind.RESET_AFTER))) {
      there.gatewayKey = "sk_test_closed";
      there.althoughAccountRefused = true;
      pastTheHorizon();
      ResolveTest.resolve(there, new NotCharged(KEY));
      there.gatewayKey = null;

      assertThat(there.charge().exitCode()).isZero();

      assertThat(there.states(2001).getFirst()).as(there.story(2001)).isEqualTo("SETTLED");
      assertThat(there.sandbox.ledger().underKey(KEY.value())).hasSize(1);
      there.judgeCharges();
    }
  }

  /** And about what it had answered in a way that was none, nights before. */
  @ParameterizedTest
  @ValueSource(strings = {"stripe", "nmi"})
  void itIsAskedAlsoAboutWhatWasContradicted(String kind) {
    try (var there = inDoubt(kind, Fault.of(Kind.RESET_AFTER))) {
      there.schema.owner(
          "UPDATE charge_attempts SET state = 'REVIEW', sends = 'c', evidence = 'gateway: as in a"
              + " test' WHERE invoice_id = '2001';");
      told(there, 1, "UNKNOWN_HERE", "pi_91", 2001, "UTC_TIMESTAMP(6)");
      pastTheHorizon();
      pastTheHorizon();
      assertThat(there.charge().exitCode()).as("from here on no listing shows it").isEqualTo(4);
      there.gatewayKey = "sk_test_closed";
      there.althoughAccountRefused = true;
      ResolveTest.resolve(there, new NotCharged(KEY));
      assertThat(sends(there)).isEqualTo("?");
      there.schema.owner("UPDATE charge_attempts SET sends = 'c' WHERE invoice_id = '2001';");
      ResolveTest.resolve(there, new Accept(1));
      assertThat(sends(there)).isEqualTo("?");
      there.gatewayKey = null;

      there.charge();

      assertThat(there.states(2001).getFirst()).as(there.story(2001)).isEqualTo("SETTLED");
      assertThat(there.sandbox.ledger().underKey(KEY.value())).hasSize(1);
      there.judgeCharges();
    }
  }

  @Test
  void anApprovalThatIsOnRecordIsNotSaidAway() {
    try (var there = inDoubt("stripe", Fault.of(Kind.RESET_AFTER))) {
      there.schema.owner(
          "UPDATE charge_attempts SET state = 'REVIEW', sends = 'a', evidence = 'gateway: as in a"
              + " test' WHERE invoice_id = '2001';");
      there.gatewayKey = "sk_test_closed";
      there.althoughAccountRefused = true;
      pastTheHorizon();

      ResolveTest.refused(there, new NotCharged(KEY), 6, "an approval of SHOP-2001-1 is on record");
      ResolveTest.resolve(there, new Settled(KEY, transaction(there)));

      assertThat(there.states(2001)).containsExactly("SETTLED");
      assertThat(there.count("payments WHERE invoice_id = 2001")).isOne();
    }
  }

  @Test
  void whatTheAppRefusedToBookIsBookedOnAPersonsWordOnceTheAppIsMended() throws Exception {
    try (var there = inDoubt("stripe", Fault.of(Kind.RESET_AFTER));
        var here = another(there)) {
      there.schema.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (invoice_id <> 2001);");
      pastTheHorizon();
      assertThat(there.charge().exitCode()).isEqualTo(4);
      assertThat(there.schema.column("SELECT kind FROM charge_differences WHERE state = 'OPEN'"))
          .containsExactly("NOT_BOOKABLE");
      there.gatewayKey = "sk_test_closed";
      there.althoughAccountRefused = true;
      ResolveTest.refused(there, new Settled(KEY, transaction(there)), 7, "ck_no");
      there.schema.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;");

      ResolveTest.resolve(there, new Settled(KEY, transaction(there)));

      assertThat(there.states(2001)).containsExactly("SETTLED");
      assertThat(there.count("payments WHERE invoice_id = 2001")).isOne();
      assertThat(there.count("charge_differences WHERE state = 'OPEN'")).isZero();
      here.enroll();
      assertThat(here.charge().exitCode()).isZero();
    }
  }

  @Test
  void aDifferenceAboutAChargeThereIsAcceptedOnAPersonsWordOnceNothingIsUnderWay()
      throws Exception {
    try (var there = inDoubt("stripe", Fault.of(Kind.SILENT_BEFORE));
        var here = another(there)) {
      told(there, 1, "UNKNOWN_HERE", "pi_91", 2001, "UTC_TIMESTAMP(6)");
      there.gatewayKey = "sk_test_closed";
      ResolveTest.refused(there, new Accept(1), 8, "refused gateway.key");
      there.althoughAccountRefused = true;
      ResolveTest.refused(there, new Accept(1), 6, "SHOP-2001-1 of the same invoice is SENT");
      pastTheHorizon();
      ResolveTest.resolve(there, new NotCharged(KEY));
      refused(6, "docs/cutover.md", here::enroll);

      ResolveTest.resolve(there, new Accept(1));

      assertThat(
              there.schema.column(
                  "SELECT CONCAT_WS(' ', decision, evidence) FROM billing_decisions"))
          .hasSize(2)
          .allSatisfy(one -> assertThat(one).contains("not asked, it refused gateway.key"));
      here.enroll();
      assertThat(here.charge().exitCode()).isEqualTo(3);
    }
  }

  /** One that nobody answered, beside three that were charged two days ago. */
  static Scene inDoubt(String kind, Fault fault) {
    var there = PinnedAccountTest.charged(kind, 2, WEATHER);
    there.timings = ResolveTest.unasked(Duration.ofSeconds(4));
    there.timeout = Duration.ofMillis(500);
    there.recoveryWait = Duration.ZERO;
    there.sandbox.faults().next(Match.CHARGE, fault);
    there.invoices(2001, 1, there.good()).charge();
    assertThat(there.states(2001)).as(there.story(2001)).containsExactly("SENT");
    return there;
  }

  static Scene another(Scene there) throws Exception {
    var here =
        PinnedAccountTest.elsewhere(
            there, SandboxSettings.DEFAULT.withStripeKey("sk_test_another"));
    here.timings = there.timings;
    here.timeout = there.timeout;
    return here;
  }

  static void told(Scene scene, int id, String kind, String subject, int invoice, String openedAt) {
    scene.schema.owner(
        """
        INSERT INTO charge_differences (id, kind, subject, invoice_id, detail, run_no, opened_at)
        VALUES (%d, '%s', '%s', '%d', 'as in a test', 1, %s);
        """
            .formatted(id, kind, subject, invoice, openedAt));
  }

  static String sends(Scene there) {
    return there.schema.one("SELECT sends FROM charge_attempts WHERE invoice_id = '2001'");
  }

  static void pastTheHorizon() {
    try {
      Thread.sleep(4_500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String transaction(Scene there) {
    return there.sandbox.ledger().underKey(KEY.value()).getFirst().transactionId();
  }

  private static void refused(int exitCode, String remedy, ThrowingCallable command) {
    var refused = catchThrowableOfType(RunRefused.class, command);
    assertThat(refused).isNotNull();
    assertThat(refused.exitCode()).isEqualTo(exitCode);
    assertThat(refused.remedy()).contains(remedy);
  }

  /** I8, and that nothing was sent but from the claim, at either account. */
  private static void judgeHistory(Scene there, Scene here) {
    var arrivals = new ArrayList<>(there.sandbox.ledger().arrivals());
    arrivals.addAll(here.sandbox.ledger().arrivals());
    assertThat(History.read(there.schema).problems(arrivals)).isEmpty();
    assertThat(here.sandbox.ledger().arrivals())
        .filteredOn(arrival -> arrival.operation() == Operation.CHARGE)
        .hasSizeLessThanOrEqualTo(1);
  }
}
