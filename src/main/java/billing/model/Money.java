package billing.model;

import java.math.BigDecimal;
import java.util.Optional;

/** An amount in its currency's minor units (cents, yen, fils). Never rounded. */
public record Money(long minor, Currency currency) {

  /** The amount of that many major units, or empty where it does not fit exactly. */
  public static Optional<Money> exactly(BigDecimal major, Currency currency) {
    try {
      var minor = major.movePointRight(currency.exponent()).longValueExact();
      return Optional.of(new Money(minor, currency));
    } catch (ArithmeticException notExact) {
      return Optional.empty();
    }
  }

  /** In major units, with the currency's own number of decimals. */
  public BigDecimal major() {
    return BigDecimal.valueOf(minor, currency.exponent());
  }

  @Override
  public String toString() {
    return major().toPlainString() + " " + currency;
  }
}
