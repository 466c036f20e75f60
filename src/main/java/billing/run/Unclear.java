package billing.run;

import billing.model.Remembered;
import billing.rules.Limits;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
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
   * What that means, and what helps; empty where there are none.
   *
   * @param tooMany whether they were too many to be asked about one by one
   */
  Optional<String> why(boolean tooMany) {
    if (isEmpty()) {
      return Optional.empty();
    }
    var what = count + " booked charges were not in the listing, and ";
    return Optional.of(
        tooMany && oldest != null
            ? what
                + "only %d are looked up one by one: billing reconcile --since %s lists them"
                    .formatted(Limits.UNSEEN, dayBefore(oldest))
            : what + "the gateway could not tell of them");
  }

  /** A day earlier, so that it is before that moment in every time zone. */
  private static LocalDate dayBefore(Instant moment) {
    return LocalDate.ofInstant(moment, ZoneOffset.UTC).minusDays(1);
  }
}
