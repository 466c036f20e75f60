package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.rules.WitnessRules;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A run that goes on after another time began in its database. */
class SleeperTest {

  @Test
  void aSleeperOfTheOldTimeCanNeitherClaimNorSayNo() {
    try (var shop = new Shop()) {
      shop.withInvoices(4, "79.00").enqueue();
      var backup = Backup.take(shop.test);
      shop.nextRun();
      shop.enqueue();
      var sent = shop.claim(1).sent().getFirst();
      shop.claim(1);
      var sleeper = shop.writer;
      backup.restore();
      // The new time has a run of that very number, which has come just as far.
      shop.nextRun();
      shop.enqueue();
      shop.claim(1);
      shop.claim(1);
      assertThat(shop.writer.fence().moved(0).epoch()).isEqualTo(sleeper.fence().epoch());
      assertThat(shop.writer.fence().seq()).isEqualTo(sleeper.fence().seq());

      var claimed = sleeper.claim(new ClaimRequest(10, Shop.TODAY, null, Map.of(), Shop::yes));
      var recorded = sleeper.record(List.of(Shop.decline(sent, Shop.TODAY)));

      assertThat(claimed)
          .isInstanceOfSatisfying(
              ClaimResult.Fenced.class,
              f -> assertThat(WitnessRules.wentBack(f.mine(), f.present())).isTrue());
      assertThat(recorded)
          .isInstanceOfSatisfying(
              Recorded.Fenced.class,
              f -> assertThat(WitnessRules.wentBack(f.mine(), f.present())).isTrue());
      assertThat(shop.test.one("SELECT COUNT(*) FROM charge_attempts WHERE state = 'DECLINED'"))
          .isEqualTo("0");
    }
  }
}
