package billing.sandbox;

import billing.model.Currency;
import billing.model.Money;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's own table of minor units, and its limits (its documentation, "Supported currencies").
 */
final class StripeAmounts {

  private static final Set<String> ZERO =
      Set.of(
          "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
          "XOF", "XPF");
  private static final Set<String> THREE = Set.of("BHD", "JOD", "KWD", "OMR", "TND");
  private static final Set<String> WHOLE = Set.of("ISK", "UGX");
  private static final long LARGEST = 99_999_999;

  /** The smallest charge, on the wire, where it is not 50. */
  private static final Map<String, Long> SMALLEST =
      Map.ofEntries(
          Map.entry("GBP", 30L),
          Map.entry("DKK", 250L),
          Map.entry("NOK", 300L),
          Map.entry("SEK", 300L),
          Map.entry("HKD", 400L),
          Map.entry("MXN", 1000L),
          Map.entry("CZK", 1500L),
          Map.entry("HUF", 17_500L),
          Map.entry("PLN", 200L),
          Map.entry("RON", 200L),
          Map.entry("THB", 1000L),
          Map.entry("AED", 200L),
          Map.entry("MYR", 200L));

  private StripeAmounts() {}

  static Money money(@Nullable String amount, @Nullable String currency) {
    if (amount == null) {
      throw required("amount");
    }
    if (currency == null) {
      throw required("currency");
    }
    var code = currency.toUpperCase(Locale.ROOT);
    var iso =
        Currency.of(code)
            .orElseThrow(
                () -> StripeError.invalid(null, "currency", "Invalid currency: " + currency));
    var wire = whole(amount);
    if (wire < SMALLEST.getOrDefault(code, 50L)) {
      throw StripeError.invalid(
          "amount_too_small", "amount", "Amount must be at least $0.50 usd or its equivalent");
    }
    if (wire > LARGEST) {
      throw StripeError.invalid(
          "amount_too_large", "amount", "Amount must be no more than " + LARGEST);
    }
    if ((WHOLE.contains(code) && wire % 100 != 0) || (THREE.contains(code) && wire % 10 != 0)) {
      throw StripeError.invalid(
          "parameter_invalid_integer", "amount", "Invalid amount for the currency " + currency);
    }
    return Money.exactly(BigDecimal.valueOf(wire, decimals(code)), iso)
        .orElseThrow(
            () -> StripeError.invalid("parameter_invalid_integer", "amount", "Invalid amount"));
  }

  /** What is to be captured of an authorization: all of it, where nobody says how much. */
  static Money toCapture(Form form, String param, Money held) {
    var wanted = form.get(param);
    var amount = wanted == null ? held : money(wanted, held.currency().code());
    if (amount.minor() > held.minor()) {
      throw StripeError.invalid(
          "amount_too_large", param, "The amount to capture is greater than what is authorized.");
    }
    return amount;
  }

  /** The amount as Stripe writes it. */
  static long wire(Money money) {
    return wire(money.minor(), money.currency());
  }

  static long wire(long minor, Currency currency) {
    return new Money(minor, currency)
        .major()
        .movePointRight(decimals(currency.code()))
        .longValueExact();
  }

  private static int decimals(String code) {
    return ZERO.contains(code) ? 0 : THREE.contains(code) ? 3 : 2;
  }

  private static long whole(String amount) {
    try {
      return Long.parseLong(amount);
    } catch (NumberFormatException e) {
      throw StripeError.invalid(
          "parameter_invalid_integer", "amount", "Invalid integer: " + amount);
    }
  }

  static StripeError required(String param) {
    return StripeError.invalid(
        "parameter_missing", param, "Missing required param: " + param + ".");
  }
}
