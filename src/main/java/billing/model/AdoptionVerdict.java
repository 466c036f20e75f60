package billing.model;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** What becomes of a charge that the database forgot. */
public sealed interface AdoptionVerdict {

  /**
   * A row of its own, SENT, with this order; the gateway is then asked about it as about any.
   *
   * @param asOf the day on which it was charged, in the business's time zone
   */
  record Adopt(Order order, LocalDate asOf, int declinesBefore, @Nullable LocalDate firstDeclinedOn)
      implements AdoptionVerdict {}

  /** It cannot be made an attempt, and a person should know. */
  record Differs(Difference difference) implements AdoptionVerdict {}
}
