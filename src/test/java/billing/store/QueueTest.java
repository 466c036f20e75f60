package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.model.Admission;
import billing.model.AttemptState;
import billing.model.Decision;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Past;
import billing.model.Sends.Mark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class QueueTest {

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
  void pagesFollowEachOtherToTheEnd() {
    shop.withInvoices(7, "1.00");
    var pages = new ArrayList<Page>();
    String after = null;
    do {
      pages.add(shop.queue().enqueue(shop.fence.epoch(), after, 3, Shop.TODAY, Shop::yes));
      after = pages.getLast().last();
    } while (!pages.getLast().end());

    assertThat(pages).extracting(Page::rows).containsExactly(3, 3, 1);
    assertThat(pages).extracting(Page::added).containsExactly(3, 3, 1);
    assertThat(shop.test.column("SELECT charge_key FROM charge_attempts ORDER BY invoice_id"))
        .hasSize(7)
        .contains("SHOP-7-1");
  }

  @Test
  void aPageOfWhichNothingIsQueuedIsNotTheLast() {
    shop.withInvoices(4, "1.00");
    shop.queue().enqueue(shop.fence.epoch(), null, 3, Shop.TODAY, Shop::yes);
    var queue = shop.queue();

    var first = queue.enqueue(shop.fence.epoch(), null, 3, Shop.TODAY, Shop::yes);
    assertThat(first.added()).isZero();
    assertThat(first.end()).isFalse();
    var second = queue.enqueue(shop.fence.epoch(), first.last(), 3, Shop.TODAY, Shop::yes);
    assertThat(second.added()).isOne();
    assertThat(second.end()).isTrue();
  }

  @Test
  void aPreviewTellsTheSameAndWritesNothing() {
    shop.withInvoices(3, "1.00");

    var preview = shop.queue().preview(null, 10, Shop.TODAY, Shop::yes);

    assertThat(preview.added()).isEqualTo(3);
    assertThat(shop.test.one("SELECT COUNT(*) FROM charge_attempts")).isEqualTo("0");
    assertThat(shop.enqueue().judged()).isEqualTo(preview.judged());
  }

  @Test
  void whatIsLiveIsLeftAlone() {
    shop.withInvoices(2, "1.00");
    shop.enqueue();

    var again = shop.enqueue();

    assertThat(again.added()).isZero();
    assertThat(again.skipped()).containsEntry(Admission.Reason.LIVE, 2L);
  }

  @Test
  void whatAnotherRunQueuedFirstIsNoTrouble() {
    shop.withInvoices(3, "1.00");

    // The other run queues the second invoice after we have looked and before we write.
    var page =
        shop.enqueue((invoice, past) -> {
          if (invoice.id().equals("2")
              && shop.test.one("SELECT COUNT(*) FROM charge_attempts").equals("0")) {
            queueElsewhere();
          }
          return new Admission.Enqueue(Shop.amount(invoice), 1, 0, null);
        });

    assertThat(page.added()).isEqualTo(2);
    assertThat(page.rivals()).isEqualTo(1);
    assertThat(shop.test.one("SELECT COUNT(*) FROM charge_attempts")).isEqualTo("3");
  }

  private void queueElsewhere() {
    shop.test.owner(
        "INSERT INTO charge_attempts (invoice_id, attempt_no, state, amount, amount_minor,"
            + " currency, payment_ref, gateway, charge_key, live_mode, protocol, installation,"
            + " as_of, run_no, created_at) VALUES ('2', 1, 'PENDING', 1, 100, 'USD', 'pm',"
            + " 'stripe', 'SHOP-2-1', 0, 1, 'i', '2026-11-24', 0, NOW(6));");
  }

  @Test
  void thePastIsThatOfTheNewestAttempt() {
    var first = shop.sent(1).getFirst();
    assertThat(past().latest()).isEqualTo(AttemptState.SENT);
    var retry = LocalDate.of(2026, 11, 27);
    shop.record(Shop.decline(first, retry));

    assertThat(past())
        .isEqualTo(
            new Past(1, AttemptState.DECLINED, "pm_1", false, retry, 1, Shop.TODAY, false, false));

    shop.enqueue((invoice, past) ->
        new Admission.Enqueue(Shop.amount(invoice), 2, past.declines(), past.firstDeclinedOn()));
    var second = shop.claim(1).sent().getFirst();
    assertThat(second.declinesBefore()).isEqualTo(1);
    assertThat(second.firstDeclinedOn()).isEqualTo(Shop.TODAY);
    shop.record(
        Shop.outcome(
            second,
            Mark.DECLINED,
            new Decision.Decline("41", "lost card", true, Shop.TODAY, null)));
    assertThat(past())
        .isEqualTo(
            new Past(2, AttemptState.DECLINED, "pm_1", true, null, 2, Shop.TODAY, false, false));

    shop.test.owner("UPDATE billing_runs SET declines = 'VOID';");
    assertThat(past())
        .as("a decline that was declared void does not count")
        .isEqualTo(
            new Past(2, AttemptState.CANCELLED, "pm_1", false, null, 1, Shop.TODAY, false, false));
  }

  /** A lost night that was made up for is another day than that of the decline. */
  @Test
  void retriesAreCountedFromTheDayOfTheFirstDecline() {
    var day = Shop.TODAY.plusDays(2);
    var first = shop.sent(1).getFirst();
    shop.record(
        Shop.outcome(first, Mark.DECLINED, new Decision.Decline("51", "no", false, day, day)));
    assertThat(past().firstDeclinedOn()).isEqualTo(day);

    shop.test.owner("UPDATE charge_attempts SET first_declined_on = NULL;");
    assertThat(past().firstDeclinedOn()).as("by an older program").isEqualTo(Shop.TODAY);

    shop.test.owner("UPDATE charge_attempts SET first_declined_on = '%s';".formatted(day));
    shop.test.owner("UPDATE billing_runs SET declines = 'VOID';");
    assertThat(past().firstDeclinedOn()).as("declared void").isNull();
  }

  @Test
  void whatWasSettledOnceStaysSettledUntilAPersonReleasesIt() {
    var first = shop.sent(1).getFirst();
    shop.book(Shop.settle(first, "pi_1"));
    shop.test.owner("UPDATE invoices SET amount_due = 5;");
    assertThat(past().settled()).isTrue();

    shop.test.owner("UPDATE charge_attempts SET released_at = NOW(6);");
    assertThat(past().settled()).isFalse();
    assertThat(past().attempts()).isEqualTo(1);
  }

  @Test
  void whatIsNotChargeableIsOneDifferenceUntilItsReasonChanges() {
    shop.withInvoices(1, "1.00");
    var first = shop.enqueue((i, p) -> notChargeable(i, "too much"));
    var second = shop.enqueue((i, p) -> notChargeable(i, "too much"));
    var third = shop.enqueue((i, p) -> notChargeable(i, "far too much"));

    assertThat(first.opened()).hasSize(1);
    assertThat(second.opened()).isEmpty();
    assertThat(third.opened()).hasSize(1);
    assertThat(Differences.open(shop.database, 10))
        .extracting(d -> d.difference().detail())
        .containsExactly("far too much");

    assertThat(shop.enqueue().added()).as("it does not block being judged anew").isEqualTo(1);
    assertThat(Differences.open(shop.database, 10)).as("and closes by itself").isEmpty();
  }

  @Test
  void whatIsNoLongerDueClosesAfterARunThatSawEverything() {
    shop.withInvoices(2, "1.00");
    shop.enqueue((i, p) -> notChargeable(i, "too much"));
    shop.test.owner("UPDATE invoices SET amount_due = 0 WHERE id = 1;");
    shop.nextRun();
    shop.enqueue((i, p) -> new Admission.Skip(Admission.Reason.NOT_CHOSEN, null));
    assertThat(Differences.open(shop.database, 10)).as("a narrowed run").hasSize(2);

    shop.enqueue((i, p) -> notChargeable(i, "too much"));

    assertThat(Differences.open(shop.database, 10))
        .extracting(d -> d.difference().subject())
        .containsExactly("2");
  }

  @Test
  void whatIsDueTodayIsNotClosedByARunThatMakesUpForAnEarlierDate() {
    shop.withInvoices(1, "1.00");
    shop.test.owner("UPDATE invoices SET due_on = '%s';".formatted(Shop.TODAY));
    shop.enqueue((i, p) -> notChargeable(i, "too much"));
    shop.nextRun();

    enqueueFor(Shop.TODAY.minusDays(1));
    assertThat(Differences.open(shop.database, 10)).hasSize(1);

    shop.test.owner("UPDATE invoices SET amount_due = 0;");
    enqueueFor(Shop.TODAY);
    assertThat(Differences.open(shop.database, 10)).isEmpty();
  }

  private void enqueueFor(LocalDate asOf) {
    shop.queue()
        .enqueue(shop.fence.epoch(), null, 1000, asOf, (i, p) -> notChargeable(i, "too much"));
  }

  @Test
  void anOrderThatTheGatewayRefusedWaitsForTheInvoiceToChange() {
    var first = shop.sent(1).getFirst();
    var refused = new Difference(DifferenceKind.NOT_CHARGEABLE, "1", "1", "unknown card");
    shop.record(Shop.outcome(first, Mark.REFUSED, new Decision.Cancel("unknown card", refused)));
    assertThat(past().openDifference()).isTrue();

    shop.test.owner("UPDATE charge_differences SET state = 'ACCEPTED';");
    assertThat(past().openDifference()).as("accepting releases no money").isTrue();

    shop.test.owner("UPDATE customers SET payment_ref = 'pm_2';");
    assertThat(past().openDifference()).isFalse();
    shop.enqueue();
    assertThat(shop.test.column("SELECT state FROM charge_differences")).containsExactly("GONE");
    assertThat(shop.claim(1).sent()).hasSize(1);
  }

  @Test
  void oddInvoicesBecomeDifferencesAndTheOthersAreQueued() throws Exception {
    shop.withInvoices(2, "1.00");
    due(
        "SELECT 'Größe' AS invoice_id, 1 AS amount_due, 'USD' AS currency, 'pm' AS payment_ref"
            + " UNION ALL SELECT 'A', 1, 'USD', REPEAT('x', 300) UNION ALL SELECT 'B', 9e20, 'USD',"
            + " 'pm' UNION ALL SELECT NULL, 1, 'USD', 'pm' UNION ALL SELECT '7', 1, 'USD', 'pm'");

    var page = shop.enqueue();

    assertThat(page.added()).isEqualTo(1);
    assertThat(page.opened()).hasSize(4);
    assertThat(shop.test.column("SELECT invoice_id FROM charge_attempts")).containsExactly("7");
  }

  @Test
  void aPageThatDoesNotAdvanceEndsTheRunInsteadOfLooping() throws Exception {
    due("SELECT '1' AS invoice_id, 1 AS amount_due, 'USD' AS currency, 'pm' AS payment_ref");
    shop.enqueue();

    assertThatThrownBy(
            () -> shop.queue().enqueue(shop.fence.epoch(), "1", 10, Shop.TODAY, Shop::yes))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("due_invoices.sql gave invoice 1 twice");
  }

  @Test
  void columnsBeyondTheKnownOnesAreKeptForTheMail() throws Exception {
    due(
        "SELECT '1' AS invoice_id, 1 AS amount_due, 'USD' AS currency, 'pm' AS payment_ref, 'Ann'"
            + " AS customer_name, 'gold' AS tier, NULL AS nothing, '2026-11-01 10:00' AS due_on");
    var invoices = new ArrayList<Invoice>();
    shop.enqueue((invoice, past) -> {
      invoices.add(invoice);
      return Shop.yes(invoice, past);
    });

    var invoice = invoices.getFirst();
    assertThat(invoice.more())
        .as("a column that is NULL is there, and empty")
        .isEqualTo(Map.of("tier", "gold", "nothing", ""));
    assertThat(invoice.dueOn()).isEqualTo(LocalDate.of(2026, 11, 1));
    assertThat(Invoices.unkept(Invoices.kept(invoice))).isEqualTo(invoice);
  }

  /** Another statement for what is due, with the parameters that it must use. */
  @Test
  void pagesThatComeBackToWhereTheyWereAreTheFilesFaultAndNotWithoutEnd() throws Exception {
    due(
        "SELECT o.id AS invoice_id, 1 AS amount_due, 'USD' AS currency, 'pm' AS payment_ref FROM"
            + " (SELECT 'A' AS id, 1 AS place UNION ALL SELECT 'B', 2 UNION ALL SELECT 'C', 3) o"
            + " WHERE o.id <> COALESCE(:after, '') AND :as_of IS NOT NULL ORDER BY o.place LIMIT"
            + " :limit");
    var queue = shop.queue();
    var previewed = shop.queue();

    assertComesBack(after -> queue.enqueue(shop.fence.epoch(), after, 1, Shop.TODAY, Shop::yes));
    assertComesBack(after -> previewed.preview(after, 1, Shop.TODAY, Shop::yes));
  }

  private static void assertComesBack(Function<@Nullable String, Page> read) {
    assertThat(read.apply(null).last()).isEqualTo("A");
    assertThat(read.apply("A").last()).isEqualTo("B");
    assertThatThrownBy(() -> read.apply("B"))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("due_invoices.sql gave invoice A twice");
  }

  @Test
  void pagesWhoseOrderIsNotTheOneThatTheirFileComparesAreItsFault() throws Exception {
    shop.withInvoices(9, "1.00");
    shop.test.owner("UPDATE invoices SET due_on = due_on - INTERVAL id * 7 % 9 DAY;");
    dueInTheOrderOf("i.due_on", "i.id > COALESCE(CAST(:after AS UNSIGNED), 0)");

    assertThatThrownBy(
            () -> shop.queue().enqueue(shop.fence.epoch(), null, 4, Shop.TODAY, Shop::yes))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("due_invoices.sql gave other invoices after invoice")
        .hasMessageContaining("ORDER BY the same expression");
    assertThat(shop.test.one("SELECT COUNT(*) FROM charge_attempts")).isEqualTo("0");
  }

  /** Only the app knows its order: as texts, 10 comes before 2. */
  @ParameterizedTest
  @ValueSource(strings = {"CAST(i.id AS CHAR)", "-i.id", "LPAD(i.id, 7, 'A') COLLATE utf8mb4_bin"})
  void pagesInAnOddOrderThatTheirFileComparesSkipNothing(String order) throws Exception {
    shop.withInvoices(12, "1.00");
    dueInTheOrderOf(
        order, ":after IS NULL OR %s > %s".formatted(order, order.replace("i.id", ":after")));
    var ids = new ArrayList<String>();
    var queue = shop.queue();
    Page page = null;
    do {
      var after = page == null ? null : page.last();
      page = queue.enqueue(shop.fence.epoch(), after, 4, Shop.TODAY, Shop::yes);
      page.judged().forEach(one -> ids.add(one.invoice().id()));
    } while (!page.end());

    assertThat(ids).hasSize(12).doesNotHaveDuplicates();
  }

  /** Invoices are paid, and others fall due, between the questions about the order of the pages. */
  @Test
  void anAppThatIsAtWorkMeanwhileIsNotItsFilesFault() throws Exception {
    shop.withInvoices(40, "1.00");
    var ended = new AtomicBoolean();
    var atWork =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; !ended.get(); i++) {
            shop.test.owner(
                "UPDATE invoices SET amount_due = 1 - amount_due WHERE id = %d;"
                    .formatted(i % 20 * 2 + 1));
          }
        });
    try {
      for (int i = 0; i < 300; i++) {
        assertThat(shop.queue().preview(null, 10, Shop.TODAY, Shop::yes).rows()).isEqualTo(10);
      }
    } finally {
      ended.set(true);
      atWork.get(10, TimeUnit.SECONDS);
    }
  }

  private void dueInTheOrderOf(String order, String after) throws Exception {
    BookingsTest.bundledInto(directory);
    var file = directory.resolve("due_invoices.sql");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("i.id > COALESCE(CAST(:after AS UNSIGNED), 0)", "(" + after + ")")
            .replace("ORDER BY i.id", "ORDER BY " + order));
    shop.useApp(AppSql.load(directory));
  }

  private void due(String select) throws Exception {
    BookingsTest.bundledInto(directory);
    Files.writeString(
        directory.resolve("due_invoices.sql"),
        "SELECT * FROM ("
            + select
            + ") AS due WHERE :as_of > '' AND COALESCE(:after, '') <> 'z' LIMIT :limit");
    shop.useApp(AppSql.load(directory));
  }

  private static Admission notChargeable(Invoice invoice, String why) {
    return new Admission.Differs(
        new Difference(DifferenceKind.NOT_CHARGEABLE, invoice.id(), invoice.id(), why));
  }

  /** What is remembered of the one invoice. */
  private Past past() {
    var pasts = new ArrayList<Past>();
    shop.test.owner("UPDATE invoices SET amount_due = GREATEST(amount_due, 1);");
    shop.queue()
        .preview(
            null,
            10,
            Shop.TODAY,
            (invoice, past) -> {
              pasts.add(past);
              return new Admission.Skip(Admission.Reason.LIVE, null);
            });
    assertThat(pasts).hasSize(1);
    return List.copyOf(pasts).getFirst();
  }
}
