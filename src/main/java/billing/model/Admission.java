package billing.model;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** What becomes of a due invoice: a new PENDING attempt, a difference, or nothing for a reason. */
public sealed interface Admission {

  /** A new attempt of that number, for that amount. */
  record Enqueue(
      Money amount, int attemptNo, int declinesBefore, @Nullable LocalDate firstDeclinedOn)
      implements Admission {}

  /** It cannot be charged, and a person should know. */
  record Differs(Difference difference) implements Admission {}

  /**
   * Not now.
   *
   * @param until the retry day where the reason is {@link Reason#RETRY_DAY}
   */
  record Skip(Reason reason, @Nullable LocalDate until) implements Admission {}

  /** Why a due invoice is left alone without anybody being called. */
  enum Reason {
    /** An attempt is PENDING, SENT or in REVIEW, or was booked this very moment. */
    LIVE,
    /** A difference about it is open. */
    BLOCKED,
    /** Declined; its day has not come. */
    RETRY_DAY,
    /** Declined for good, until the payment method changes. */
    HARD_DECLINED,
    /** Declined on its last retry day, until the payment method changes. */
    RETRIES_USED_UP,
    /** The app has no payment method for it. */
    NO_PAYMENT_METHOD,
    /** The run was narrowed to other invoices. */
    NOT_CHOSEN
  }
}
