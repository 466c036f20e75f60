package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Admission;
import billing.model.Attempt;
import billing.model.Invoice;
import billing.model.Past;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutboxTest {

  private static final Duration LEASE = Duration.ofMinutes(5);

  private Shop shop;
  private Outbox outbox;

  @BeforeEach
  void open() {
    shop = new Shop();
    outbox = new Outbox(shop.database);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aMailIsHandedToOneSenderWithAllThatItsLetterNeeds() {
    book(1);

    var lease = outbox.lease(LEASE, 10);

    assertThat(outbox.lease(LEASE, 10).mails()).isEmpty();
    var mail = lease.mails().getFirst();
    assertThat(mail.kind()).isEqualTo(Outbox.Kind.ACCEPTED);
    assertThat(mail.key().value()).isEqualTo("SHOP-1-1");
    assertThat(mail.amount().toString()).isEqualTo("79.00 USD");
    assertThat(mail.invoice().email()).isEqualTo("ann@example.org");
    assertThat(mail.tries()).isEqualTo(1);
    assertThat(Duration.between(mail.decidedAt(), shop.database.now())).isLessThan(LEASE);
  }

  @Test
  void whatWasSentIsForgottenAndNotSentAgain() {
    book(1);
    var lease = outbox.lease(LEASE, 10);

    assertThat(outbox.sent(lease, lease.mails().getFirst())).isTrue();

    assertThat(outbox.waiting()).isEqualTo(new Outbox.Waiting(0, 0, 0));
    assertThat(shop.test.column("SELECT invoice_row FROM charge_attempts")).containsExactly("null");
  }

  @Test
  void whatIsGivenBackIsFreeAtOnceAndWasNotTried() {
    book(1);
    var lease = outbox.lease(LEASE, 10);

    assertThat(outbox.giveBack(lease, lease.mails().getFirst(), "server down")).isTrue();

    assertThat(outbox.lease(LEASE, 10).mails().getFirst().tries()).isEqualTo(1);
  }

  @Test
  void aMailWhoseInvoiceIsForgottenHoldsUpNoOthers() {
    book(2);
    shop.test.owner("UPDATE charge_attempts SET invoice_row = NULL WHERE invoice_id = '1';");

    assertThat(outbox.lease(LEASE, 10).mails())
        .extracting(m -> m.key().value())
        .containsExactly("SHOP-2-1");
    assertThat(outbox.waiting().undeliverable()).isEqualTo(1);
  }

  @Test
  void theInvoiceIsKeptWhileAnotherMailOfItsAttemptIsInHand() {
    var attempt = shop.sent(1).getFirst();
    var decline = declineInHand(attempt);
    shop.book(Shop.settle(attempt, "pi_late"));
    var accepted = outbox.lease(LEASE, 10);

    outbox.sent(accepted, accepted.mails().getFirst());
    assertThat(shop.test.column("SELECT invoice_row FROM charge_attempts"))
        .as("the decline is in hand")
        .doesNotContain("null");
    outbox.sent(decline, decline.mails().getFirst());
    assertThat(shop.test.column("SELECT invoice_row FROM charge_attempts")).containsExactly("null");
  }

  @Test
  void aSenderThatDiedLeavesItToTheNextAfterTheLease() {
    book(1);
    var dead = outbox.lease(LEASE, 10);
    shop.test.owner("UPDATE outbox_emails SET leased_until = NOW(6) - INTERVAL 1 SECOND;");

    var next = outbox.lease(LEASE, 10);

    assertThat(next.mails().getFirst().tries()).isEqualTo(2);
    assertThat(outbox.sent(dead, dead.mails().getFirst())).as("outlived its lease").isFalse();
    assertThat(outbox.sent(next, next.mails().getFirst())).isTrue();
  }

  @Test
  void whatCouldNotBeSentWaitsAndWhatIsRefusedForGoodIsListed() {
    book(2);
    var lease = outbox.lease(LEASE, 10);

    outbox.later(lease, lease.mails().get(0), Duration.ofMinutes(10), "greylisted");
    outbox.undeliverable(lease, lease.mails().get(1), "no such user");

    assertThat(outbox.lease(LEASE, 10).mails()).isEmpty();
    assertThat(outbox.waiting()).isEqualTo(new Outbox.Waiting(1, 0, 1));
    assertThat(shop.test.column("SELECT last_error FROM outbox_emails ORDER BY id"))
        .containsExactly("greylisted", "no such user");
  }

  @Test
  void acustomerWithoutAnAddressIsWrittenNoMail() {
    shop.withInvoices(1, "79.00");
    shop.test.owner("UPDATE customers SET email = NULL;");
    shop.enqueue();
    shop.book(Shop.settle(shop.claim(1).sent().getFirst(), "pi_1"));

    assertThat(outbox.lease(LEASE, 10).mails()).isEmpty();
    assertThat(shop.test.column("SELECT state FROM outbox_emails")).containsExactly("UNADDRESSED");
  }

  /** The run that holds them dies before its end. */
  @Test
  void whatIsHeldForAPersonIsSaidBeforeItsRunEnds() {
    book(2);

    assertThat(new Runs(shop.database).holdLetters(shop.fence)).isEqualTo(2);
    outbox.release(shop.fence.epoch() + 1);

    assertThat(outbox.lease(LEASE, 10).mails()).isEmpty();
    assertThat(outbox.waiting().held()).isEqualTo(2);
  }

  /** The letter of a decline, which a sender has. */
  private Outbox.Lease declineInHand(Attempt attempt) {
    shop.record(Shop.decline(attempt, null));
    shop.test.owner("UPDATE outbox_emails SET state = 'READY';");
    return outbox.lease(LEASE, 10);
  }

  /** The mail server was away while the approval came. */
  @Test
  void aDeclineThatWasInHandWhenItsAttemptWasChargedIsNotToldAfterwards() {
    var attempt = shop.sent(1).getFirst();
    var decline = declineInHand(attempt);
    shop.book(Shop.settle(attempt, "pi_late"));
    outbox.giveBack(decline, decline.mails().getFirst(), "server down");

    assertThat(kinds(outbox.lease(LEASE, 10))).containsExactly(Outbox.Kind.ACCEPTED);
    assertThat(mails()).containsExactly("DECLINED VOID", "ACCEPTED READY");
  }

  @Test
  void theRowOfAVoidedDeclineGoesWhereItsChargeIsTold() {
    var attempt = shop.sent(1).getFirst();
    var decline = declineInHand(attempt);
    shop.book(Shop.settle(attempt, "pi_late"));
    var accepted = outbox.lease(LEASE, 10);
    outbox.sent(accepted, accepted.mails().getFirst());
    outbox.giveBack(decline, decline.mails().getFirst(), "server down");

    assertThat(outbox.lease(LEASE, 10).mails()).isEmpty();
    assertThat(shop.test.column("SELECT invoice_row FROM charge_attempts")).containsExactly("null");
  }

  /** The mail server was away from the first try to the second. */
  @Test
  void aDeclineIsNotToldOnceALaterTryOfTheInvoiceIsCharged() {
    var first = declinedAndReady();
    shop.nextRun();
    shop.enqueue();
    var second = shop.claim(1).sent().getFirst();
    assertThat(second.order().invoiceId()).isEqualTo(first.order().invoiceId());
    shop.book(Shop.settle(second, "pi_second"));

    // One at a time: what is void hides nothing behind it.
    assertThat(kinds(outbox.lease(LEASE, 1))).containsExactly(Outbox.Kind.ACCEPTED);
    assertThat(mails()).containsExactly("DECLINED VOID", "ACCEPTED READY");
  }

  @Test
  void aDeclineIsToldThoughAnEarlierChargeOfTheInvoiceWasReleased() {
    book(1);
    shop.test.owner("UPDATE charge_attempts SET released_at = NOW(6);");
    shop.test.owner("UPDATE outbox_emails SET state = 'SENT';");
    shop.test.owner("UPDATE invoices SET amount_due = amount;");
    shop.nextRun();
    shop.queue().enqueue(shop.fence.epoch(), null, 1000, Shop.TODAY, OutboxTest::again);
    shop.record(Shop.decline(shop.claim(1).sent().getFirst(), null));
    shop.test.owner("UPDATE outbox_emails SET state = 'READY' WHERE kind = 'DECLINED';");

    assertThat(kinds(outbox.lease(LEASE, 10))).containsExactly(Outbox.Kind.DECLINED);
  }

  /** Adopted, so that nobody is told of the charge; but nobody is told the opposite either. */
  @Test
  void aLateApprovalOfAnAdoptedAttemptVoidsItsDecline() {
    var attempt = declinedAndReady();
    shop.test.owner("DROP TRIGGER charge_attempts_bu;");
    shop.test.owner("UPDATE charge_attempts SET adopted = 1;");
    shop.test.owner("UPDATE outbox_emails SET state = 'HELD';");

    new Bookings(shop.database, shop.app, shop.fence.epoch(), false)
        .book(List.of(Shop.settle(attempt, "pi_late")));

    assertThat(mails()).containsExactly("DECLINED VOID");
  }

  private Attempt declinedAndReady() {
    var attempt = shop.sent(1).getFirst();
    shop.record(Shop.decline(attempt, Shop.TODAY));
    shop.test.owner("UPDATE outbox_emails SET state = 'READY';");
    return attempt;
  }

  private static Admission again(Invoice invoice, Past past) {
    return new Admission.Enqueue(Shop.amount(invoice), past.attempts() + 1, 0, null);
  }

  private static List<Outbox.Kind> kinds(Outbox.Lease lease) {
    return lease.mails().stream().map(Outbox.Mail::kind).toList();
  }

  private List<String> mails() {
    return shop.test.column("SELECT CONCAT(kind, ' ', state) FROM outbox_emails ORDER BY id");
  }

  private void book(int count) {
    shop.sent(count).forEach(a -> shop.book(Shop.settle(a, "pi_" + a.key())));
  }
}
