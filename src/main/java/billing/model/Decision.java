package billing.model;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** What the rules decided about one attempt, to be done under its key and send number. */
public sealed interface Decision {

  /** Every departure from SENT except to SETTLED. Needs the fence. */
  sealed interface No extends Decision {}

  /** SENT → SETTLED, and booked in the same transaction. */
  record Settle(String transactionId, Money taken) implements Decision {}

  /**
   * SENT → DECLINED.
   *
   * @param firstOn the day of the first decline with this payment method, be it this one: from it
   *     the days of the next tries are counted, in the business's time zone
   * @param retryOn in the business's time zone; null: not again with this payment method
   */
  record Decline(
      String code, String text, boolean hard, LocalDate firstOn, @Nullable LocalDate retryOn)
      implements No {}

  /** SENT → PENDING: no money moved, the same order may be sent again. */
  record Repeat(String why, @Nullable Instant notBefore) implements No {}

  /** SENT → CANCELLED, with a difference where a person should know. */
  record Cancel(String why, @Nullable Difference difference) implements No {}

  /** SENT → REVIEW: a person decides. */
  record Review(String why, @Nullable String transactionId) implements No {}

  /** Stays SENT; is looked up at that time. */
  record Ask(String why, Instant at, boolean afterDuplicate) implements Decision {}

  /** Stays SENT: the gateway has it and will decide by the deadline. */
  record Settling(String transactionId, Instant deadline) implements Decision {}

  /** Stays SENT until the gateway has cancelled this transaction; then the no. */
  record CloseDoor(String transactionId, No then) implements Decision {}
}
