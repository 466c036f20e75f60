package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Decision;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Sends.Mark;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NoesTest {

  private static final Instant LATER = Instant.parse("2126-11-24T03:04:05.000006Z");

  private Shop shop;

  @BeforeEach
  void open() {
    shop = new Shop();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void eachDecisionIsWrittenInOneTransaction() {
    var sent = shop.sent(6);
    var difference = new Difference(DifferenceKind.NOT_CHARGEABLE, "3", "3", "too small");
    var before = commits();

    var written =
        shop.record(
            Shop.decline(sent.get(0), LocalDate.of(2026, 11, 27)),
            Shop.outcome(sent.get(1), Mark.NEVER_LEFT, new Decision.Repeat("expired", LATER)),
            Shop.outcome(sent.get(2), Mark.REFUSED, new Decision.Cancel("too small", difference)),
            Shop.outcome(sent.get(3), Mark.CONTRADICTED, new Decision.Review("odd", "pi_9")),
            Shop.outcome(sent.get(4), Mark.PROCESSING, new Decision.Settling("pi_8", LATER)),
            Shop.outcome(sent.get(5), Mark.UNANSWERED, new Decision.Ask("timeout", LATER, false)));

    assertThat(commits() - before).isEqualTo(1);
    assertThat(written.written()).hasSize(6);
    assertThat(written.differences()).containsExactly(difference);
    assertThat(shop.attempt(sent.get(0).key()))
        .containsEntry("state", "DECLINED")
        .containsEntry("decline_code", "51")
        .containsEntry("retry_on", "2026-11-27")
        .containsEntry("sends", "d")
        .doesNotContainEntry("ended_at", "null");
    assertThat(shop.attempt(sent.get(1).key()))
        .containsEntry("state", "PENDING")
        .containsEntry("sends", "-")
        .containsEntry("not_before", Times.text(LATER));
    assertThat(shop.state(sent.get(2).key())).isEqualTo("CANCELLED");
    assertThat(shop.attempt(sent.get(3).key()))
        .containsEntry("state", "REVIEW")
        .containsEntry("gateway_transaction_id", "pi_9");
    assertThat(shop.attempt(sent.get(4).key()))
        .containsEntry("state", "SENT")
        .containsEntry("gateway_transaction_id", "pi_8")
        .containsEntry("settling_until", Times.text(LATER));
    assertThat(shop.attempt(sent.get(5).key()))
        .containsEntry("state", "SENT")
        .containsEntry("evidence", "the gateway said UNANSWERED");
  }

  @Test
  void aDeclineIsToldOnlyWhenItsRunHasEnded() {
    var sent = shop.sent(2);
    shop.record(Shop.decline(sent.getFirst(), null));
    var outbox = new Outbox(shop.database);

    assertThat(outbox.release(0)).isZero();
    assertThat(outbox.waiting()).isEqualTo(new Outbox.Waiting(0, 1, 0));
    new Runs(shop.database).end(shop.fence, 0, Run.Declines.COUNT, "{}");

    assertThat(outbox.release(0)).isEqualTo(1);
    assertThat(outbox.waiting()).isEqualTo(new Outbox.Waiting(1, 0, 0));
  }

  @Test
  void theDeclinesOfADeadRunAreToldByTheNextAndHeldOnesByNobody() {
    var sent = shop.sent(2);
    shop.record(Shop.decline(sent.get(0), null));
    shop.nextRun();
    var outbox = new Outbox(shop.database);
    assertThat(outbox.release(shop.fence.epoch())).isEqualTo(1);

    shop.withInvoices(1, "5.00").enqueue();
    shop.record(Shop.decline(shop.claim(10).sent().getFirst(), null));
    new Runs(shop.database).holdDeclines(shop.fence);
    shop.nextRun();
    assertThat(outbox.release(shop.fence.epoch())).isZero();
    assertThat(outbox.waiting().held()).isEqualTo(1);
  }

  @Test
  void aNoAboutSomebodyElsesSendIsNotWritten() {
    var sent = shop.sent(2);
    shop.record(Shop.outcome(sent.get(0), Mark.REFUSED, new Decision.Repeat("throttled", null)));
    shop.claim(10);

    var late = shop.record(Shop.decline(sent.get(0), null), Shop.decline(sent.get(1), null));

    assertThat(late.moved()).containsExactly(sent.get(0).key());
    assertThat(late.written()).containsExactly(sent.get(1).key());
    assertThat(shop.attempt(sent.get(0).key()))
        .containsEntry("state", "SENT")
        .containsEntry("sends", "r?");
  }

  @Test
  void aRunThatWasFencedOffSaysNoNoMore() {
    var sent = shop.sent(1);
    var old = shop.writer;
    shop.nextRun();

    assertThat(old.record(List.of(Shop.decline(sent.getFirst(), null))))
        .isInstanceOf(Recorded.Fenced.class);
    assertThat(shop.state(sent.getFirst().key())).isEqualTo("SENT");
  }

  @Test
  void aNoIsWrittenThoughAPersonPaused() {
    var sent = shop.sent(1);
    shop.test.owner("UPDATE billing_fence SET paused = 1, paused_because = 'audit';");

    assertThat(shop.record(Shop.decline(sent.getFirst(), null)).written()).hasSize(1);
  }

  /** The note waits in its queue while the lookup finds the charge, and its booking is refused. */
  @Test
  void anApprovalThatCouldNotBeBookedIsNotTakenBackByAnOlderNote() {
    var sent = shop.sent(2);
    shop.test.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (amount < 0);");
    shop.book(Shop.settle(sent.get(0), "pi_1"));
    shop.book(Shop.settle(sent.get(1), "pi_2"));

    shop.record(
        Shop.outcome(sent.get(0), Mark.UNANSWERED, new Decision.Ask("timeout", LATER, false)),
        Shop.outcome(sent.get(1), Mark.PROCESSING, new Decision.Settling("pi_2", LATER)));

    for (var one : sent) {
      assertThat(shop.attempt(one.key()))
          .containsEntry("state", "SENT")
          .containsEntry("sends", "a");
    }
  }

  @Test
  void aTransactionOfAnotherAttemptIsNotTakenOver() {
    var sent = shop.sent(2);
    shop.book(Shop.settle(sent.get(0), "pi_1"));

    shop.record(Shop.outcome(sent.get(1), Mark.CONTRADICTED, new Decision.Review("odd", "pi_1")));

    var row = shop.attempt(sent.get(1).key());
    assertThat(row)
        .containsEntry("state", "REVIEW")
        .containsEntry("gateway_transaction_id", "null");
    assertThat(row.get("evidence")).contains("pi_1 belongs to another attempt");
  }

  /** Found by the comparison with the simulated store: the unique key threw both out. */
  @Test
  void ofTwoAnswersThatNameOneTransactionTheFirstHasIt() {
    var sent = shop.sent(2);

    var written =
        shop.record(
            Shop.outcome(sent.get(0), Mark.PROCESSING, new Decision.Settling("pi_1", LATER)),
            Shop.outcome(sent.get(1), Mark.CONTRADICTED, new Decision.Review("odd", "pi_1")));

    assertThat(written.written()).hasSize(2);
    assertThat(
            shop.test.column(
                "SELECT CONCAT(state, ' ', COALESCE(gateway_transaction_id, 'none'))"
                    + " FROM charge_attempts ORDER BY id"))
        .containsExactly("SENT pi_1", "REVIEW none");
    assertThat(shop.attempt(sent.get(1).key()).get("evidence"))
        .contains("pi_1 belongs to another attempt");
  }

  private long commits() {
    var row = shop.test.rows("SHOW GLOBAL STATUS LIKE 'Com_commit'").getFirst();
    return Long.parseLong(String.valueOf(row.get("Value")));
  }
}
