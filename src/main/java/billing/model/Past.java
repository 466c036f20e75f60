package billing.model;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What we remember of an invoice when it is due again.
 *
 * @param attempts how many attempts it has had; the next one's number is one higher
 * @param latest the state of the newest attempt; null where there was none
 * @param paymentRef that attempt's payment method
 * @param hard whether it was a hard decline
 * @param retryOn the day set for the next try; null where none was set
 * @param declines declines in a row with that payment method, the newest included
 * @param firstDeclinedOn the day of the first of them
 * @param settled whether any attempt is SETTLED and not released
 * @param openDifference whether a difference about this invoice is open
 */
public record Past(
    int attempts,
    @Nullable AttemptState latest,
    @Nullable String paymentRef,
    boolean hard,
    @Nullable LocalDate retryOn,
    int declines,
    @Nullable LocalDate firstDeclinedOn,
    boolean settled,
    boolean openDifference) {

  public static final Past NONE = new Past(0, null, null, false, null, 0, null, false, false);
}
