package billing.gateway.nmi;

import billing.model.Currency;
import billing.model.Money;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Amounts as NMI spells them: a decimal number of major units. Its pages show two decimals and say
 * nothing of currencies with none or three, so those are sent with their own number and every reply
 * that shows an amount is compared.
 */
final class Decimals {

  private static final Pattern FORM = Pattern.compile("\\d{1,15}(\\.\\d{1,6})?");

  private Decimals() {}

  static String text(Money amount) {
    return amount.major().toPlainString();
  }

  /** The amount, or empty where the text is none in this currency. */
  static Optional<Money> money(String text, Currency currency) {
    return number(text).flatMap(number -> Money.exactly(number, currency));
  }

  /** The same of whatever currency it is. */
  static Optional<BigDecimal> number(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }
}
