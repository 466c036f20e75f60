package billing.gateway.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Currency;
import billing.model.Money;
import java.math.BigDecimal;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireAmountTest {

  private static Money money(String amount, String currency) {
    return Money.exactly(new BigDecimal(amount), Currency.of(currency).orElseThrow()).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          19.99,     USD, 1999
          0.01,      USD, 1
          999999.99, USD, 99999999
          500,       JPY, 500
          99999999,  JPY, 99999999
          5,         MGA, 5
          1200,      HUF, 120000
          1200,      TWD, 120000
          150,       ISK, 15000
          150,       UGX, 15000
          1.230,     KWD, 1230
          1.000,     IQD, 100
          1.0000,    CLF, 100
          """)
  void anAmountIsSpelledByStripesOwnTableAndReadBackTheSame(
      String amount, String currency, long wire) {
    var money = money(amount, currency);
    assertThat(WireAmount.of(money)).contains(wire);
    assertThat(WireAmount.read(wire, currency.toLowerCase(Locale.ROOT))).contains(money);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0.00,       USD
          -1.00,      USD
          1000000.00, USD
          5.50,       MGA
          1.234,      KWD
          1.234,      IQD
          1.2345,     CLF
          1000000,    ISK
          """)
  void whatDoesNotFitIsRefusedAndNotRounded(String amount, String currency) {
    assertThat(WireAmount.of(money(amount, currency))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          15050, isk
          1,     zzz
          1,     xau
          """)
  void aWireAmountThatIsNoMoneyIsNone(long wire, String currency) {
    assertThat(WireAmount.read(wire, currency)).isEmpty();
  }
}
