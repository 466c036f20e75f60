package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Attempt;
import billing.model.Decision;
import billing.model.DifferenceKind;
import billing.model.Outcome;
import billing.model.Sends.Mark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BookingsTest {

  @TempDir private Path directory;
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
  void anApprovalIsBookedWhole() {
    var sent = shop.sent(3);

    var booked = shop.book(settled(sent));

    assertThat(booked.booked()).hasSize(3);
    assertThat(shop.attempt(sent.getFirst().key()))
        .containsEntry("state", "SETTLED")
        .containsEntry("settled_amount", "79.0000")
        .containsEntry("gateway_transaction_id", "pi_SHOP-1-1")
        .containsEntry("sends", "a")
        .doesNotContainEntry("settled_at", "null")
        .doesNotContainEntry("ended_at", "null");
    assertThat(shop.test.column("SELECT amount_due FROM invoices")).containsOnly("0.0000");
    assertThat(shop.test.column("SELECT gateway_transaction_id FROM payments ORDER BY id"))
        .containsExactly("pi_SHOP-1-1", "pi_SHOP-2-1", "pi_SHOP-3-1");
    assertThat(shop.test.column("SELECT amount FROM transactions"))
        .hasSize(3)
        .containsOnly("-79.0000");
    assertThat(shop.test.column("SELECT CONCAT(kind, ' ', state) FROM outbox_emails"))
        .hasSize(3)
        .containsOnly("ACCEPTED READY");
  }

  @Test
  void bookingTwiceBooksOnce() {
    var sent = shop.sent(2);
    shop.book(settled(sent));

    var again = shop.book(settled(sent));

    assertThat(again.booked()).hasSize(2);
    assertThat(shop.test.one("SELECT COUNT(*) FROM payments")).isEqualTo("2");
    assertThat(shop.test.one("SELECT COUNT(*) FROM outbox_emails")).isEqualTo("2");
  }

  @Test
  void oneBookingThatTheAppRefusesLeavesTheOthersBooked() {
    var sent = shop.sent(4);
    shop.test.owner("ALTER TABLE payments ADD CONSTRAINT not_two CHECK (invoice_id <> 2);");

    var booked = shop.book(settled(sent));

    assertThat(booked.booked()).hasSize(3);
    assertThat(booked.notBookable()).containsOnlyKeys(sent.get(1).key());
    assertThat(booked.schemaAtFault()).isFalse();
    assertThat(booked.differences())
        .extracting(d -> d.kind() + " " + d.subject())
        .containsExactly("NOT_BOOKABLE SHOP-2-1");
    var culprit = shop.attempt(sent.get(1).key());
    assertThat(culprit).containsEntry("state", "SENT").containsEntry("sends", "a");
    assertThat(culprit.get("evidence")).contains("not booked", "not_two");

    shop.test.owner("ALTER TABLE payments DROP CONSTRAINT not_two;");
    assertThat(shop.book(settled(sent)).booked()).hasSize(4);
    assertThat(Differences.open(shop.database, 10)).as("closed by itself").isEmpty();
  }

  @Test
  void whenSingleBookingsFailInARowTheSchemaIsAtFault() {
    var sent = shop.sent(4);
    shop.test.owner("ALTER TABLE payments ADD CONSTRAINT none CHECK (invoice_id < 0);");

    var booked = shop.book(settled(sent));

    assertThat(booked.schemaAtFault()).isTrue();
    assertThat(booked.booked()).isEmpty();
    assertThat(booked.notBookable()).as("each was tried").hasSize(4);
    assertThat(shop.test.column("SELECT state FROM charge_attempts")).containsOnly("SENT");
  }

  @Test
  void aMappingThatMatchesNothingIsNoBooking() throws Exception {
    var sent = shop.sent(1);
    bundledInto(directory);
    Files.writeString(
        directory.resolve("book_4_points.sql"),
        "UPDATE invoices SET description = 'paid' WHERE id IN (SELECT 0 FROM charge_attempts WHERE"
            + " id IN (<attempt_ids>))");
    shop.useApp(AppSql.load(directory));

    var booked = shop.book(settled(sent));

    assertThat(booked.notBookable().values())
        .singleElement()
        .asString()
        .contains("book_4_points.sql", "0 rows for 1 attempts");
    assertThat(shop.test.one("SELECT COUNT(*) FROM payments")).isEqualTo("0");
  }

  @Test
  void aFileThatSaysSoMayChangeAnyNumberOfRows() throws Exception {
    var sent = shop.sent(1);
    bundledInto(directory);
    Files.writeString(
        directory.resolve("book_4_points.sql"),
        "-- rows: any\n"
            + "UPDATE invoices SET description = 'paid' WHERE id IN (SELECT 0 FROM charge_attempts"
            + " WHERE id IN (<attempt_ids>))");
    shop.useApp(AppSql.load(directory));

    assertThat(shop.book(settled(sent)).booked()).hasSize(1);
  }

  @Test
  void anInvoicePaidElsewhereMeanwhileIsLeftWithACreditAndADifference() {
    var sent = shop.sent(2);
    shop.test.owner("UPDATE invoices SET amount_due = 0 WHERE id = 1;");

    var booked = shop.book(settled(sent));

    assertThat(booked.booked()).hasSize(2);
    assertThat(booked.differences())
        .extracting(d -> d.kind() + " " + d.subject() + " " + d.invoiceId())
        .containsExactly("OVERPAID SHOP-1-1 1");
    assertThat(shop.test.one("SELECT amount_due FROM invoices WHERE id = 1")).isEqualTo("-79.0000");
  }

  @Test
  void aLateApprovalOfADeclinedAttemptIsBookedAndItsPendingSiblingCancelled() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.decline(first, null));
    shop.enqueue();

    var booked = shop.book(Shop.settle(first, "pi_late"));

    assertThat(booked.booked()).containsExactly(first.key());
    assertThat(shop.test.column("SELECT state FROM charge_attempts ORDER BY attempt_no"))
        .containsExactly("SETTLED", "CANCELLED");
    assertThat(shop.test.column("SELECT CONCAT(kind, ' ', state) FROM outbox_emails ORDER BY id"))
        .containsExactly("DECLINED VOID", "ACCEPTED READY");
  }

  @Test
  void anApprovalThatTheAppRefusedToBookIsStillOpenOnceItsAttemptIsCancelled() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.decline(first, Shop.TODAY));
    shop.enqueue();
    var second = shop.claim(1).sent().getFirst();
    shop.record(Shop.outcome(second, Mark.REFUSED, new Decision.Repeat("throttled", null)));
    shop.test.owner("ALTER TABLE payments ADD CONSTRAINT ck_no CHECK (amount < 0);");
    assertThat(shop.book(Shop.settle(second, "pi_2")).notBookable()).containsKey(second.key());
    shop.test.owner("ALTER TABLE payments DROP CONSTRAINT ck_no;");

    shop.book(Shop.settle(first, "pi_1"));

    assertThat(shop.state(second.key())).isEqualTo("CANCELLED");
    assertThat(shop.test.one("SELECT subject FROM charge_differences WHERE state = 'OPEN'"))
        .isEqualTo(second.key().value());
  }

  /** Found by the comparison with the simulated store: the whole batch was thrown out. */
  @Test
  void ofTwoLateApprovalsAtOnceTheFirstPaysThoughTheOtherIsPending() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.decline(first, null));
    shop.enqueue();
    var second = shop.claim(1).sent().getFirst();
    shop.record(Shop.outcome(second, Mark.UNANSWERED, new Decision.Repeat("not found", null)));

    var booked = shop.book(Shop.settle(first, "pi_1"), Shop.settle(second, "pi_2"));

    assertThat(booked.booked()).containsExactly(first.key());
    assertThat(booked.moved()).containsExactly(second.key());
    assertThat(booked.differences())
        .extracting(d -> d.kind() + " " + d.subject())
        .containsExactly("CHARGED_TWICE pi_2");
    assertThat(shop.test.column("SELECT CONCAT(state, sends) FROM charge_attempts ORDER BY id"))
        .containsExactly("SETTLEDa", "CANCELLEDa");
  }

  @Test
  void aLateApprovalBesideALiveSiblingIsNeverDroppedAndNeverSettled() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.decline(first, null));
    shop.enqueue();
    var second = shop.claim(1).sent().getFirst();
    shop.book(Shop.settle(second, "pi_2"));

    var booked = shop.book(Shop.settle(first, "pi_1"));

    assertThat(booked.moved()).containsExactly(first.key());
    assertThat(booked.differences())
        .extracting(d -> d.kind())
        .containsExactly(DifferenceKind.CHARGED_TWICE);
    assertThat(shop.attempt(first.key()))
        .containsEntry("state", "DECLINED")
        .containsEntry("sends", "a");
    assertThat(shop.test.one("SELECT COUNT(*) FROM payments")).isEqualTo("1");
  }

  @Test
  void aSecondTransactionOfASettledAttemptIsADifference() {
    var first = shop.sent(1).getFirst();
    shop.book(Shop.settle(first, "pi_1"));

    var booked = shop.book(Shop.settle(first, "pi_2"));

    assertThat(booked.booked()).isEmpty();
    assertThat(booked.differences().getFirst().detail()).contains("pi_2", "SHOP-1-1", "79.00 USD");
  }

  @Test
  void anApprovalIsAcceptedFromAnEarlierSend() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.outcome(first, Mark.UNANSWERED, new Decision.Repeat("not found", null)));
    var second = shop.claim(1).sent().getFirst();
    assertThat(second.sendNo()).isEqualTo(2);

    assertThat(shop.book(Shop.settle(first, "pi_1")).booked()).containsExactly(first.key());

    assertThat(shop.attempt(first.key()))
        .containsEntry("sends", "a?")
        .containsEntry("send_no", "2");
  }

  /** Its letter was unaddressed: the row of the claim went with the claim. */
  @Test
  void anApprovalOfASendThatTheDatabaseForgotIsBookedWithTheAddress() {
    var kept = shop.sent(1).getFirst();
    shop.withInvoices(2, "5.00").enqueue();
    var backup = Backup.take(shop.test);
    var forgotten = shop.claim(10).sent();
    backup.restore();
    shop.test.owner("UPDATE customers SET email = 'new@example.org';");

    var booked =
        shop.book(settled(List.of(kept, forgotten.getFirst(), forgotten.getLast()))).booked();

    assertThat(booked).hasSize(3);
    assertThat(shop.test.column("SELECT CONCAT(state, send_no) FROM charge_attempts ORDER BY id"))
        .containsExactly("SETTLED1", "SETTLED0", "SETTLED0");
    assertThat(shop.test.column("SELECT CONCAT(kind, ' ', state) FROM outbox_emails"))
        .hasSize(3)
        .containsOnly("ACCEPTED READY");
    var letters = new Outbox(shop.database).lease(Duration.ofMinutes(1), 10).mails();
    assertThat(letters)
        .extracting(mail -> mail.invoice().email() + " " + mail.invoice().amountDue())
        .containsExactlyInAnyOrder(
            "ann@example.org 79.0000", "new@example.org 5.0000", "new@example.org 5.0000");
  }

  @Test
  void whereTheForgottenSendsInvoiceIsNotDueItIsBookedAndItsLetterHasNoAddress() {
    shop.withInvoices(3, "79.00").enqueue();
    var backup = Backup.take(shop.test);
    var forgotten = shop.claim(10).sent();
    backup.restore();
    shop.test.owner("UPDATE invoices SET amount_due = 0 WHERE id = 2;");
    // Neither is this one bookable.
    shop.test.owner("ALTER TABLE payments ADD CONSTRAINT not_three CHECK (invoice_id <> 3);");

    var booked = shop.book(settled(forgotten));

    assertThat(booked.booked()).hasSize(2);
    assertThat(booked.notBookable()).containsOnlyKeys(forgotten.getLast().key());
    assertThat(booked.differences())
        .extracting(d -> d.kind() + " " + d.subject())
        .containsExactlyInAnyOrder("OVERPAID SHOP-2-1", "NOT_BOOKABLE SHOP-3-1");
    assertThat(
            shop.test.column(
                "SELECT CONCAT(a.charge_key, ' ', o.state) FROM outbox_emails o JOIN"
                    + " charge_attempts a ON a.id = o.attempt_id ORDER BY a.id"))
        .containsExactly("SHOP-1-1 READY", "SHOP-2-1 UNADDRESSED");
  }

  @Test
  void aForgottenSendsLetterDoesNotGoToWhoHasItsInvoiceNow() {
    shop.withInvoices(1, "79.00").enqueue();
    var backup = Backup.take(shop.test);
    var forgotten = shop.claim(10).sent();
    backup.restore();
    shop.test.owner("UPDATE customers SET customer_ref = 'cus_another';");

    assertThat(shop.book(settled(forgotten)).booked()).hasSize(1);

    assertThat(shop.test.column("SELECT state FROM outbox_emails")).containsExactly("UNADDRESSED");
  }

  @Test
  void aLateApprovalInReviewIsRecordedAndWaitsForThePerson() {
    var first = shop.sent(1).getFirst();
    shop.record(Shop.outcome(first, Mark.CONTRADICTED, new Decision.Review("odd", null)));

    assertThat(shop.book(Shop.settle(first, "pi_1")).moved()).containsExactly(first.key());

    assertThat(shop.attempt(first.key()))
        .containsEntry("state", "REVIEW")
        .containsEntry("evidence", "the gateway said APPROVED");
  }

  @Test
  void oneTransactionIsBookedForOneAttemptOnly() {
    var sent = shop.sent(2);
    shop.book(Shop.settle(sent.getFirst(), "pi_1"));

    var booked = shop.book(Shop.settle(sent.getLast(), "pi_1"));

    assertThat(booked.notBookable().values())
        .singleElement()
        .asString()
        .contains("uq_gateway_transaction");
  }

  @Test
  void theExamplesForAPayPageWorkTogether() throws Exception {
    shop.test.owner("ALTER TABLE invoices ADD charging_key VARCHAR(20) NULL;");
    bundledInto(directory);
    for (var example : List.of("before_charge", "after_charge", "book_decline")) {
      Files.writeString(
          directory.resolve(example + ".sql"), Sql.resource("app/examples/" + example + ".sql"));
    }
    shop.useApp(AppSql.load(directory));
    shop.withInvoices(3, "5.00").enqueue();
    shop.test.owner("UPDATE invoices SET charging_key = 'OTHER-1-1' WHERE id = 2;");

    var claimed = shop.claim(10);

    assertThat(claimed.sent())
        .extracting(Attempt::key)
        .extracting(Object::toString)
        .containsExactly("SHOP-1-1", "SHOP-3-1");
    assertThat(claimed.differences()).extracting(d -> d.subject()).containsExactly("SHOP-2-1");
    assertThat(claimed.schemaAtFault()).isFalse();
    assertThat(shop.claim(10).sent()).as("stays out of later batches").isEmpty();
    assertThat(shop.test.column("SELECT charging_key FROM invoices ORDER BY id"))
        .containsExactly("SHOP-1-1", "OTHER-1-1", "SHOP-3-1");

    shop.book(Shop.settle(claimed.sent().getFirst(), "pi_1"));
    shop.record(Shop.decline(claimed.sent().getLast(), null));
    assertThat(shop.test.column("SELECT charging_key FROM invoices ORDER BY id"))
        .containsExactly("null", "OTHER-1-1", "null");
    assertThat(shop.test.column("SELECT kind FROM transactions ORDER BY id"))
        .containsExactly("payment", "decline");

    shop.test.owner("UPDATE invoices SET charging_key = NULL;");
    shop.nextRun();
    assertThat(shop.claim(10).sent()).as("the next run tries again").hasSize(1);
    assertThat(Differences.open(shop.database, 10)).isEmpty();
  }

  @Test
  void aDepartureThatTheAppRefusesLeavesTheAnswerOnRecord() throws Exception {
    bundledInto(directory);
    Files.writeString(
        directory.resolve("after_charge.sql"),
        "UPDATE invoices i JOIN charge_attempts a ON i.id = CAST(a.invoice_id AS UNSIGNED) SET"
            + " i.description = a.charge_key WHERE a.id IN (<attempt_ids>) AND i.id <> 2");
    var sent = shop.sent(3);
    shop.useApp(AppSql.load(directory));

    var written =
        shop.record(sent.stream().map(a -> Shop.decline(a, null)).toArray(Outcome[]::new));

    assertThat(written.written()).hasSize(2);
    assertThat(written.refused()).containsOnlyKeys(sent.get(1).key());
    assertThat(shop.attempt(sent.get(1).key()))
        .containsEntry("state", "SENT")
        .containsEntry("sends", "d");
  }

  static void bundledInto(Path directory) throws Exception {
    for (var name :
        List.of(
            "due_invoices",
            "lock_invoices",
            "book_1_payment",
            "book_2_invoice",
            "book_3_transaction",
            "booked",
            "overpaid")) {
      Files.writeString(directory.resolve(name + ".sql"), Sql.resource("app/" + name + ".sql"));
    }
  }

  private static Outcome[] settled(List<Attempt> attempts) {
    var outcomes = new ArrayList<Outcome>();
    attempts.forEach(a -> outcomes.add(Shop.settle(a, "pi_" + a.key())));
    return outcomes.toArray(Outcome[]::new);
  }
}
