package billing.gateway.stripe;

import billing.model.Currency;
import billing.model.Money;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Amounts as Stripe spells them: an integer whose number of decimals follows Stripe's own table
 * ("Supported currencies"), which is neither ISO 4217's nor the JDK's.
 */
final class WireAmount {

  /** "amount ... up to eight digits" (API reference, PaymentIntent). */
  private static final long LARGEST = 99_999_999;

  private static final Set<String> NO_DECIMALS =
      Set.of(
          "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
          "XOF", "XPF");

  /** Sent with three decimals, of which the last must be zero. */
  private static final Set<String> THREE_DECIMALS = Set.of("BHD", "JOD", "KWD", "OMR", "TND");

  /** Sent with two decimals for compatibility, which must both be zero. */
  private static final Set<String> WHOLE_BUT_TWO_DECIMALS = Set.of("ISK", "UGX");

  private WireAmount() {}

  /** The integer to send, or empty where Stripe could not be asked for exactly this amount. */
  static Optional<Long> of(Money amount) {
    var code = amount.currency().code();
    try {
      var wire = amount.major().movePointRight(decimals(code)).longValueExact();
      var fits = wire > 0 && wire <= LARGEST && wire % step(code) == 0;
      return fits ? Optional.of(wire) : Optional.empty();
    } catch (ArithmeticException notExact) {
      return Optional.empty();
    }
  }

  /** What such an integer means, or empty where it is no amount of money. */
  static Optional<Money> read(long wire, String currency) {
    var code = currency.toUpperCase(Locale.ROOT);
    return Currency.of(code)
        .filter(known -> wire >= 0)
        .flatMap(known -> Money.exactly(BigDecimal.valueOf(wire, decimals(code)), known));
  }

  private static int decimals(String code) {
    if (NO_DECIMALS.contains(code)) {
      return 0;
    }
    return THREE_DECIMALS.contains(code) ? 3 : 2;
  }

  private static int step(String code) {
    if (WHOLE_BUT_TWO_DECIMALS.contains(code)) {
      return 100;
    }
    return THREE_DECIMALS.contains(code) ? 10 : 1;
  }
}
