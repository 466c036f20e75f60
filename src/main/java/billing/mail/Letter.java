package billing.mail;

import billing.model.ChargeKey;
import billing.model.Invoice;
import billing.model.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a customer is told about one attempt. The gateway's own words have no place in it: what it
 * says of a card ("stolen") is not for the one who holds it.
 *
 * @param amount what was taken, or what was asked in vain
 * @param invoice the row as it was read at the claim
 * @param decidedAt when the attempt was settled or declined; UTC
 * @param retryOn the day of the next try, in the business's time zone; null: not again by itself
 * @param triedAgain whether a later try of the invoice is under way or in doubt
 */
public record Letter(
    Kind kind,
    ChargeKey key,
    Money amount,
    Invoice invoice,
    Instant decidedAt,
    @Nullable LocalDate retryOn,
    boolean triedAgain) {

  /** Which of the templates it is written with. */
  public enum Kind {
    ACCEPTED,
    DECLINED;

    /** As it stands in the template's file name and in the Message-ID. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
