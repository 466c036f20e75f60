package billing.rules;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On which days after the first soft decline an invoice is tried again with the same payment
 * method.
 *
 * @param days ascending, counted from the day of the first decline
 */
public record RetrySchedule(List<Integer> days) {

  public RetrySchedule {
    days = List.copyOf(days);
  }

  /**
   * The day of the next try, or null where the last one is behind us.
   *
   * @param declines how many declines there were, this one included
   * @param first the day of the first of them
   * @param today the day of this one: a retry is never on the same day
   */
  @Nullable LocalDate next(int declines, LocalDate first, LocalDate today) {
    if (declines > days.size()) {
      return null;
    }
    var day = first.plusDays(days.get(declines - 1));
    return day.isAfter(today) ? day : today.plusDays(1);
  }
}
