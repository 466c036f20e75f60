package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.run.ResolveOrder.Declines;
import billing.run.ResolveOrder.NotCharged;
import billing.run.ResolveOrder.Settled;
import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.Match;
import billing.sandbox.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An attempt ended with a send unanswered, and then the account was changed: a person looks. */
class FormerAccountTest {

  private static final ChargeKey ELDER = new ChargeKey("SHOP-2001-1");

  private final Scene there =
      PinnedAccountTest.charged(
          2, "latency=5ms,lag=50ms,duplicate-window=0ms,duplicate-override=off");

  @AfterEach
  void close() {
    there.close();
  }

  @Test
  void whatAPersonSawNotToBeChargedThereIsChargedHere() throws Exception {
    declinedWithASendUnanswered(Fault.of(Kind.SILENT_BEFORE));
    ResolveTest.refused(there, new NotCharged(ELDER), 6, "the gateway is asked about it once more");
    try (var here = enrolledElsewhere()) {
      var waiting = chargeOnTheRetryDay(here);
      assertThat(waiting.exitCode()).isEqualTo(3);
      assertThat(waiting.elsewhere()).extracting(Attempt::key).containsExactly(ELDER);
      here.timings = Scene.timings(Duration.ofHours(1), Duration.ofHours(2));
      ResolveTest.refused(here, new NotCharged(ELDER), 6, "may still take effect at its gateway");
      here.timings = Scene.SHORT;
      assertThat(sales(here)).isZero();

      var report = ResolveTest.resolve(here, new NotCharged(ELDER));

      assertThat(report.done()).isTrue();
      assertThat(report.what()).contains("SHOP-2001-1 stays DECLINED").contains("2001 is charged");
      assertThat(there.states(2001)).containsExactly("DECLINED", "PENDING");
      assertThat(
              there.schema.one(
                  "SELECT sends FROM charge_attempts WHERE charge_key = '%s'".formatted(ELDER)))
          .isEqualTo("cd");
      assertThat(
              there.schema.one(
                  "SELECT CONCAT_WS(' ', e.from_state, e.to_state, e.sends, r.command, r.host,"
                      + " e.evidence) FROM charge_events e JOIN billing_runs r ON r.run_no ="
                      + " e.run_no ORDER BY e.id DESC LIMIT 1"))
          .startsWith("DECLINED DECLINED cd resolve app1 a person, --not-charged: a test; gateway:")
          .contains("not found; it went to the nmi account of installation ");
      assertThat(
              there.schema.column("SELECT CONCAT_WS(' ', decision, about) FROM billing_decisions"))
          .containsExactly("NOT_CHARGED SHOP-2001-1");
      var again = ResolveTest.resolve(here, new NotCharged(ELDER));
      assertThat(again.done()).isFalse();
      assertThat(again.what()).contains("accounted for");

      var charged = chargeOnTheRetryDay(here);

      assertThat(charged.exitCode()).isZero();
      assertThat(charged.elsewhere()).isEmpty();
      assertThat(there.states(2001)).as(there.story(2001)).containsExactly("DECLINED", "SETTLED");
      assertThat(here.sandbox.ledger().standing()).hasSize(1);
      ResolveTest.refused(
          here, new Settled(ELDER, "77"), 6, "SHOP-2001-2 of the same invoice is SETTLED");
      judgeHistory(here);
    }
  }

  @Test
  void whatAPersonSawChargedThereIsBookedAndNotChargedHere() throws Exception {
    declinedWithASendUnanswered(Fault.of(Kind.EFFECT_LATE, Duration.ofSeconds(12)));
    try (var here = enrolledElsewhere()) {
      assertThat(chargeOnTheRetryDay(here).exitCode()).isEqualTo(3);
      var transaction = lateCharge();
      var anothers =
          there.sandbox.ledger().standing().stream()
              .filter(one -> !one.transactionId().equals(transaction))
              .findFirst()
              .orElseThrow();
      ResolveTest.refused(
          here,
          new Settled(ELDER, anothers.transactionId()),
          6,
          "the app's books have transaction " + anothers.transactionId());

      var report = ResolveTest.resolve(here, new Settled(ELDER, transaction));

      assertThat(report.what()).contains("SETTLED by transaction " + transaction);
      assertThat(there.states(2001)).as(there.story(2001)).containsExactly("SETTLED", "CANCELLED");
      assertThat(
              there.count(
                  "payments WHERE invoice_id = 2001 AND amount = 79 AND gateway_transaction_id ="
                      + " '%s'".formatted(transaction)))
          .isOne();
      assertThat(there.count("invoices WHERE id = 2001 AND amount_due = 0")).isOne();
      assertThat(here.mail.received()).hasSize(1);
      assertThat(ResolveTest.resolve(here, new Settled(ELDER, transaction)).done()).isFalse();
      ResolveTest.refused(here, new NotCharged(ELDER), 6, "is SETTLED by transaction");

      assertThat(chargeOnTheRetryDay(here).exitCode()).isZero();
      assertThat(sales(here)).isZero();
      assertThat(there.count("charge_differences")).isZero();
      judgeHistory(here);
    }
  }

  @Test
  void aDeclineThatWasDeclaredVoidStaysSo() throws Exception {
    declinedWithASendUnanswered(Fault.of(Kind.SILENT_BEFORE));
    var declinedBy =
        there.schema.one("SELECT run_no FROM charge_attempts WHERE invoice_id = '2001'");
    there.schema.owner("UPDATE billing_runs SET declines = 'HELD' WHERE run_no = " + declinedBy);
    ResolveTest.resolve(there, new Declines(Long.parseLong(declinedBy), false));
    try (var here = enrolledElsewhere()) {
      assertThat(ResolveTest.resolve(here, new NotCharged(ELDER)).done()).isTrue();
      assertThat(
              there.schema.one(
                  "SELECT r.command FROM charge_events e JOIN billing_runs r ON r.run_no = e.run_no"
                      + " ORDER BY e.id DESC LIMIT 1"))
          .isEqualTo("resolve");

      assertThat(here.charge().exitCode()).isZero();

      assertThat(there.states(2001)).as("before its day").containsExactly("DECLINED", "SETTLED");
      judgeHistory(here);
    }
  }

  private void declinedWithASendUnanswered(Fault first) {
    there.timings = Scene.SHORT;
    there.timeout = Duration.ofMillis(500);
    there.sandbox.faults().next(Match.CHARGE, first);
    there.sandbox.faults().next(Match.CHARGE, Fault.of(Kind.DECLINE));
    there.invoices(2001, 1, there.good()).chargeUntilDone();
    assertThat(there.states(2001)).as(there.story(2001)).containsExactly("DECLINED");
    assertThat(there.schema.column("SELECT sends FROM charge_attempts WHERE invoice_id = '2001'"))
        .containsExactly("?d");
  }

  private Scene enrolledElsewhere() throws Exception {
    var here = PinnedAccountTest.elsewhere(there);
    here.timings = Scene.SHORT;
    here.timeout = there.timeout;
    return here.enroll();
  }

  private String lateCharge() {
    var giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (there.sandbox.ledger().standing().size() < 4 && System.nanoTime() < giveUp) {
      LockSupport.parkNanos(100_000_000);
    }
    return there.sandbox.ledger().underKey(ELDER.value()).stream()
        .filter(there.sandbox.ledger().standing()::contains)
        .findFirst()
        .orElseThrow()
        .transactionId();
  }

  /** I8, and that nothing was sent but from the claim, at either account. */
  private void judgeHistory(Scene here) {
    var arrivals = new ArrayList<>(there.sandbox.ledger().arrivals());
    arrivals.addAll(here.sandbox.ledger().arrivals());
    assertThat(History.read(there.schema).problems(arrivals)).isEmpty();
  }

  private static long sales(Scene scene) {
    return scene.sandbox.ledger().arrivals().stream()
        .filter(arrival -> arrival.operation() == Operation.CHARGE)
        .count();
  }

  static ChargeReport chargeOnTheRetryDay(Scene scene) {
    return scene.charge(
        new ChargeOrder(Scene.retryDay(), Set.of(), Integer.MAX_VALUE, Duration.ZERO));
  }
}
