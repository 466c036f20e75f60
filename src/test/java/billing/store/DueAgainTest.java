package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Admission;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Past;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DueAgainTest {

  @TempDir private Path directory;

  /** As when a run books what an earlier one left in doubt, while it reads what is due. */
  @Test
  void whatIsBookedWhileThePageIsReadIsNotDueAgain() throws Exception {
    try (var shop = new Shop()) {
      whatIsBookedWhileThePageIsReadIsNotDueAgain(shop);
    }
  }

  private void whatIsBookedWhileThePageIsReadIsNotDueAgain(Shop shop) throws Exception {
    var attempt = shop.sent(1).getFirst();
    BookingsTest.bundledInto(directory);
    Files.writeString(
        directory.resolve("due_invoices.sql"),
        "SELECT id AS invoice_id, amount_due, currency, 'pm' AS payment_ref, SLEEP(1) AS nap FROM"
            + " invoices WHERE amount_due > 0"
            + " AND :as_of > '' AND COALESCE(:after, '') <> 'z' LIMIT :limit");
    var app = AppSql.load(directory);
    var pasts = new ArrayList<Past>();

    Page page;
    try (var threads = Executors.newSingleThreadExecutor()) {
      var reading =
          threads.submit(() ->
              new Queue(shop.database, app, Shop.INSTALLATION, 1)
                  .enqueue(
                      shop.fence.epoch(),
                      null,
                      10,
                      Shop.TODAY,
                      (invoice, past) -> {
                        pasts.add(past);
                        return dueAgain(invoice);
                      }));
      Thread.sleep(300);
      shop.book(Shop.settle(attempt, "pi_1"));
      page = reading.get();
    }

    assertThat(pasts).extracting(Past::settled).as("the race was met").containsExactly(true);
    assertThat(page.opened()).isEmpty();
    shop.test.owner("UPDATE invoices SET amount_due = 5;");
    assertThat(shop.enqueue((i, p) -> dueAgain(i)).opened()).as("really due").hasSize(1);
  }

  private static Admission dueAgain(Invoice invoice) {
    return new Admission.Differs(
        new Difference(DifferenceKind.DUE_AGAIN, invoice.id(), invoice.id(), "settled once"));
  }
}
