package billing.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChargeKeyTest {

  @Test
  void aShortPlainIdStandsInTheKeyAsItIs() {
    assertThat(ChargeKey.of("SHOP", "1001", 1).value()).isEqualTo("SHOP-1001-1");
    assertThat(ChargeKey.of("S", "ABCDEFGHIJKLMNOP", 1).value()).isEqualTo("S-ABCDEFGHIJKLMNOP-1");
  }

  @Test
  void anyOtherIdIsHashedAndFits() {
    for (var id : List.of("inv-1", "lower", "ABCDEFGHIJKLMNOPQ", "a b", "x".repeat(64))) {
      var key = ChargeKey.of("SHOP", id, 12).value();
      assertThat(key).matches("SHOP--[0-9A-V]+-12").hasSize(20);
    }
  }

  @Test
  void theSameAttemptHasTheSameKeyForEver() {
    assertThat(ChargeKey.of("SHOP", "inv-20144", 1).value()).isEqualTo("SHOP--SVME1A2QAPET-1");
  }

  @Test
  void keysOfDifferentInvoicesAreDifferent() {
    var keys = new HashSet<ChargeKey>();
    for (int i = 0; i < 20_000; i++) {
      keys.add(ChargeKey.of("SHOP", "inv-" + i, 1));
      keys.add(ChargeKey.of("SHOP", "" + i, 1));
    }
    assertThat(keys).hasSize(40_000);
  }

  @Test
  void whatIsNoKeyIsRefused() {
    assertThatThrownBy(() -> new ChargeKey("shop-1-1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ChargeKey.of("TOOLONG", "1", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
