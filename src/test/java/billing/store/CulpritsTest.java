package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import billing.model.Attempt;
import billing.model.Decision;
import billing.model.Looked;
import billing.model.Outcome;
import billing.model.Sends.Mark;
import billing.store.ClaimResult.Claimed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Single invoices that the app refuses or keeps locked hold up no others. */
@Timeout(120)
class CulpritsTest {

  private static final String NOTES_THE_KEY =
      "UPDATE invoices i JOIN charge_attempts a ON i.id = CAST(a.invoice_id AS UNSIGNED)"
          + " SET i.description = a.charge_key WHERE a.id IN (<attempt_ids>)";

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
  void twoNeighboursThatCannotBeBookedLeaveTheOthersBooked() {
    var sent = shop.sent(8);
    refuseToBook("3, 4");

    var booked = shop.book(settled(sent));

    assertThat(booked.booked()).hasSize(6);
    assertThat(booked.notBookable()).containsOnlyKeys(sent.get(2).key(), sent.get(3).key());
    assertThat(booked.schemaAtFault()).isFalse();
  }

  @Test
  void oldCulpritsAloneAreNotTheSchemasFault() {
    var sent = shop.sent(4);
    refuseToBook("3, 4");
    shop.book(settled(sent));
    shop.nextRun();

    var again = shop.book(settled(sent.subList(2, 4)));

    assertThat(again.booked()).isEmpty();
    assertThat(again.schemaAtFault()).isFalse();
    refuseToBook("3, 4, 5, 6");
    var fresh = shop.sent(1);
    assertThat(shop.book(settled(fresh)).schemaAtFault()).as("with a new one they are").isTrue();
  }

  @Test
  void aNoThatWasRefusedOnceLeavesNoOpenDifferenceOnceItIsWritten() throws Exception {
    BookingsTest.bundledInto(directory);
    var sent = shop.sent(2);
    Files.writeString(directory.resolve("after_charge.sql"), NOTES_THE_KEY + " AND i.id <> 2");
    shop.useApp(AppSql.load(directory));
    shop.record(sent.stream().map(a -> Shop.decline(a, null)).toArray(Outcome[]::new));
    assertThat(Differences.open(shop.database, 10))
        .extracting(one -> one.difference().subject(), one -> one.difference().invoiceId())
        .containsExactly(tuple(sent.getLast().key().value(), "2"));
    Files.writeString(directory.resolve("after_charge.sql"), NOTES_THE_KEY);
    shop.useApp(AppSql.load(directory));

    shop.record(Shop.decline(sent.getLast(), null));

    assertThat(shop.state(sent.getLast().key())).isEqualTo("DECLINED");
    assertThat(Differences.open(shop.database, 10)).isEmpty();
  }

  @Test
  void twoLateApprovalsOfOneInvoiceInOneBatchAreAPaymentAndADifference() {
    var first = cancelled(shop.sent(1).getFirst());
    shop.enqueue();
    new AttemptReader(shop.database)
        .lookedUp(List.of(new Looked(first.key(), true, List.of())), shop.fence.epoch());
    var second = cancelled(shop.claim(1).sent().getFirst());
    shop.enqueue();

    var booked = shop.book(Shop.settle(first, "pi_1"), Shop.settle(second, "pi_2"));

    assertThat(booked.booked()).containsExactly(first.key());
    assertThat(booked.differences())
        .extracting(d -> d.kind().name())
        .containsExactly("CHARGED_TWICE");
    assertThat(shop.test.column("SELECT state FROM charge_attempts ORDER BY attempt_no"))
        .containsExactly("SETTLED", "CANCELLED", "CANCELLED");
    assertThat(shop.test.column("SELECT gateway_transaction_id FROM payments"))
        .containsExactly("pi_1");
  }

  @Test
  void anInvoiceThatTheAppKeepsLockedWaitsAndTheOthersAreClaimed() throws Exception {
    shop.withInvoices(3, "5.00").enqueue();
    try (var app = locking("invoices WHERE id = 2")) {
      assertThat(shop.claim(10).sent()).as("finds out which").isEmpty();
      var claimed = shop.claim(10);

      assertThat(claimed.sent()).extracting(a -> a.order().invoiceId()).containsExactly("1", "3");
      assertThat(claimed.nextNotBefore())
          .isBetween(shop.database.now(), shop.database.now().plusSeconds(60));
      app.rollback();
    }
    shop.test.owner("UPDATE charge_attempts SET not_before = NULL WHERE state = 'PENDING';");
    assertThat(shop.claim(10).sent()).hasSize(1);
  }

  @Test
  void whereTheAppKeepsEverythingLockedTheDatabaseIsBusyAndNothingIsABug() throws Exception {
    shop.withInvoices(10, "5.00").enqueue();
    try (var app = locking("invoices")) {
      assertThatThrownBy(() -> shop.tryClaim(10))
          .isInstanceOfSatisfying(
              DatabaseTrouble.class, e -> assertThat(e.kind()).isEqualTo(DatabaseTrouble.Kind.BUSY))
          .hasMessageContaining("rows locked");
      app.rollback();
    }
    assertThat(((Claimed) shop.tryClaim(10)).sent()).hasSize(10);
  }

  @Test
  void anApprovalWhoseInvoiceIsLockedIsBookedByTheNextRunAndTheOthersNow() throws Exception {
    var sent = shop.sent(3);
    try (var app = locking("invoices WHERE id = 2")) {
      var booked = shop.book(settled(sent));

      assertThat(booked.booked()).containsExactlyInAnyOrder(sent.get(0).key(), sent.get(2).key());
      assertThat(booked.notBookable().get(sent.get(1).key())).contains("locked");
      assertThat(booked.schemaAtFault()).isFalse();
      app.rollback();
    }
    shop.nextRun();
    assertThat(shop.book(settled(sent)).booked()).hasSize(3);
    assertThat(Differences.open(shop.database, 10)).isEmpty();
  }

  @Test
  void whatSomethingElseBlocksIsNotLookedForAgainOnceItsTimeHasCome() {
    var sent = shop.sent(1).getFirst();
    var soon = shop.database.now().plusMillis(50);
    shop.record(Shop.outcome(sent, Mark.REFUSED, new Decision.Repeat("throttled", soon)));
    shop.test.owner(
        "INSERT INTO charge_differences (kind, subject, invoice_id, detail, run_no, opened_at)"
            + " VALUES ('CHARGED_ELSEWHERE', 'pi_9', '1', 'x', 1, NOW(6));");
    while (!shop.database.now().isAfter(soon)) {
      Thread.onSpinWait();
    }

    var claimed = shop.claim(10);

    assertThat(claimed.sent()).isEmpty();
    assertThat(claimed.nextNotBefore()).isNull();
  }

  private void refuseToBook(String invoices) {
    shop.test.owner(
        """
        ALTER TABLE payments DROP CONSTRAINT IF EXISTS refused;
        ALTER TABLE payments ADD CONSTRAINT refused CHECK (invoice_id NOT IN (%s));
        """
            .formatted(invoices));
  }

  private Attempt cancelled(Attempt attempt) {
    shop.record(Shop.outcome(attempt, Mark.UNANSWERED, new Decision.Cancel("changed", null)));
    return attempt;
  }

  /** The app at work: a session of its own, which holds these rows. */
  private Connection locking(String rows) throws SQLException {
    var owner = shop.test.ownerSettings();
    var connection = DriverManager.getConnection(owner.url(), owner.user(), owner.password());
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.executeQuery("SELECT id FROM " + rows + " FOR UPDATE").close();
    }
    return connection;
  }

  private static Outcome[] settled(List<Attempt> attempts) {
    return attempts.stream().map(a -> Shop.settle(a, "pi_" + a.key())).toArray(Outcome[]::new);
  }
}
