package billing.run;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Set;

/**
 * What one run is to do.
 *
 * @param asOf what is due on this date, in the business's time zone
 * @param only these invoices; empty: all that are due
 * @param limit the most invoices that are claimed
 * @param patience how long for the lock
 */
public record ChargeOrder(LocalDate asOf, Set<String> only, int limit, Duration patience) {

  /**
   * The day that it really is where a lost night is made up for, else that of the run. On it an
   * invoice is due that may have been charged elsewhere: the listing is looked at once, and what it
   * shows of the days since would be out of sight when they are charged. And from it the next try
   * is counted: one that was counted from the lost night would come today as well.
   */
  LocalDate actualDay(LocalDate today) {
    return today.isAfter(asOf) ? today : asOf;
  }
}
