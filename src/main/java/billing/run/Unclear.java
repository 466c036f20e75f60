package billing.run;

import billing.model.Remembered;
import billing.rules.Limits;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Booked charges that a listing did not show and of which the gateway did not tell otherwise. */
final class Unclear {

  private int count;
  private @Nullable Instant oldest;

  void add(Remembered one) {
    count++;
    var sent = one.attempt().firstSentAt();
    var since = sent == null ? one.settledAt() : sent;
    if (since != null && (oldest == null || since.isBefore(oldest))) {
      oldest = since;
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * What that means, and what helps.
   *
   * @param since from which day a listing shows them; null: they may be asked about again
   */
  String why(@Nullable LocalDate since) {
    return count
        + " booked charges were not in the listing, and "
        + (since == null
            ? "the gateway could not tell of them"
            : "only %d are looked up one by one: billing reconcile --since %s lists them"
                .formatted(Limits.UNSEEN, since));
  }

  /** From which day a listing shows all of them; null: there are none. */
  @Nullable LocalDate since() {
    return oldest == null ? null : dayBefore(oldest);
  }

  /** A day earlier, so that it is before that moment in every time zone. */
  private static LocalDate dayBefore(Instant moment) {
    return LocalDate.ofInstant(moment, ZoneOffset.UTC).minusDays(1);
  }
}
