package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

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

  private void isSmall(String name, Long count) {
    switch (name) {
      case "COM_COMMIT" -> assertThat(count).isEqualTo(1);
      // A second connection reads the counters: a few statements are its own.
      case "QUESTIONS" -> assertThat(count).isLessThan(25);
      default -> assertThat(count).as(name).isLessThan(8);
    }
  }

  private static Map<String, Long> status(Shop shop) {
    var status = new TreeMap<String, Long>();
    for (var row :
        shop.test.rows(
            "SELECT variable_name, variable_value FROM information_schema.global_status WHERE"
                + " variable_name IN ('COM_COMMIT', 'QUESTIONS', 'COM_UPDATE',"
                + " 'COM_UPDATE_MULTI', 'COM_INSERT_SELECT')")) {
      status.put(row.get("variable_name"), Long.valueOf(row.get("variable_value")));
    }
    return status;
  }

  private static Map<String, Long> difference(Map<String, Long> before, Map<String, Long> after) {
    var difference = new TreeMap<String, Long>();
    after.forEach((name, value) -> difference.put(name, value - before.getOrDefault(name, 0L)));
    assertThat(difference.keySet()).containsAll(List.of("COM_COMMIT", "QUESTIONS"));
    return difference;
  }
}
