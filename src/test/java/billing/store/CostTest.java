package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a batch costs the database: statements and commits do not grow with its size. */
@Timeout(60)
class CostTest {

  private static final int BATCH = 64;

  @Test
  void aBatchIsAHandfulOfStatementsAndOneCommit() {
    try (var shop = new Shop()) {
      shop.withInvoices(2 * BATCH, "79.00").enqueue();
      var first = shop.claim(BATCH).sent();

      var before = status(shop);
      var sent = shop.claim(BATCH).sent();
      var claimed = status(shop);
      var settles = sent.stream().map(a -> Shop.settle(a, "pi_" + a.key())).toList();
      assertThat(shop.bookings.book(settles).booked()).hasSize(BATCH);
      var booked = status(shop);
      shop.writer.record(first.stream().map(a -> Shop.decline(a, null)).toList());
      var declined = status(shop);

      assertThat(difference(before, claimed)).as("claim").allSatisfy(this::isSmall);
      assertThat(difference(claimed, booked)).as("booking").allSatisfy(this::isSmall);
      assertThat(difference(booked, declined)).as("noes").allSatisfy(this::isSmall);
    }
  }

  @Test
  void aLeaseReadsNoMoreMailsThanItTakes() {
    try (var shop = new Shop()) {
      shop.withInvoices(8 * BATCH, "79.00").enqueue();
      for (int i = 0; i < 8; i++) {
        shop.bookings.book(
            shop.claim(BATCH).sent().stream().map(a -> Shop.settle(a, "pi_" + a.key())).toList());
      }
      var outbox = new Outbox(shop.database);
      shop.test.owner("ANALYZE TABLE outbox_emails;");
      outbox.lease(Duration.ofMinutes(1), 20);

      var before = status(shop);
      assertThat(outbox.lease(Duration.ofMinutes(1), 20).mails()).hasSize(20);
      var read = difference(before, status(shop));

      var rows =
          read.getOrDefault("Handler_read_next", 0L)
              + read.getOrDefault("Handler_read_rnd_next", 0L);
      assertThat(rows).as("rows read of %d mails", 8 * BATCH).isLessThan(4 * BATCH);
    }
  }

  private void isSmall(String name, Long count) {
    switch (name) {
      case "Com_commit" -> assertThat(count).isEqualTo(1);
      // A second connection reads the counters: a few statements are its own.
      case "Questions" -> assertThat(count).isLessThan(25);
      case "Handler_read_next", "Handler_read_rnd_next" -> {}
      default -> assertThat(count).as(name).isLessThan(8);
    }
  }

  private static Map<String, Long> status(Shop shop) {
    var status = new TreeMap<String, Long>();
    for (var row :
        shop.test.rows(
            "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_commit', 'Questions', 'Com_update',"
                + " 'Com_update_multi', 'Com_insert_select', 'Handler_read_next',"
                + " 'Handler_read_rnd_next')")) {
      status.put(String.valueOf(row.get("Variable_name")), Long.valueOf(row.get("Value")));
    }
    return status;
  }

  private static Map<String, Long> difference(Map<String, Long> before, Map<String, Long> after) {
    var difference = new TreeMap<String, Long>();
    after.forEach((name, value) -> difference.put(name, value - before.getOrDefault(name, 0L)));
    assertThat(difference.keySet()).containsAll(List.of("Com_commit", "Questions"));
    return difference;
  }
}
