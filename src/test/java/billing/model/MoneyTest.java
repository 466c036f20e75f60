package billing.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {

  @ParameterizedTest
  @CsvSource({
    "19.99, USD, 1999, 19.99 USD",
    "19.9900, USD, 1999, 19.99 USD",
    "500, JPY, 500, 500 JPY",
    "500.00, JPY, 500, 500 JPY",
    "1.5, KWD, 1500, 1.500 KWD",
    "0.0001, CLF, 1, 0.0001 CLF",
    "1E+3, EUR, 100000, 1000.00 EUR",
  })
  void anAmountThatFitsIsKeptExactly(String major, String code, long minor, String text) {
    var money = Money.exactly(new BigDecimal(major), Currency.of(code).orElseThrow());

    assertThat(money).hasValue(new Money(minor, Currency.of(code).orElseThrow()));
    assertThat(money.orElseThrow()).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"19.999, USD", "0.5, JPY", "1.2345, KWD", "92233720368547758.08, USD"})
  void anAmountThatDoesNotFitIsRefusedAndNotRounded(String major, String code) {
    assertThat(Money.exactly(new BigDecimal(major), Currency.of(code).orElseThrow())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"usd", "US", "XAU", "XTS", "BTC"})
  void whatIsNoCurrencyThatOneCanBeChargedInIsNone(String code) {
    assertThat(Currency.of(code)).isEqualTo(Optional.empty());
  }
}
