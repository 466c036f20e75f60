package billing.cli;

import billing.model.Money;
import java.math.BigDecimal;

/** Amounts as people read them: {@code 14,873.50 USD}. */
final class Amounts {

  private Amounts() {}

  /** With a comma at each thousand and the currency's own number of decimals. */
  static String text(Money money) {
    return number(money.major()) + " " + money.currency();
  }

  private static String number(BigDecimal major) {
    var plain = major.abs().toPlainString();
    int point = plain.indexOf('.');
    var whole = new StringBuilder(point < 0 ? plain : plain.substring(0, point));
    for (int at = whole.length() - 3; at > 0; at -= 3) {
      whole.insert(at, ',');
    }
    return (major.signum() < 0 ? "-" : "") + whole + (point < 0 ? "" : plain.substring(point));
  }
}
