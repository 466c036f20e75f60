package billing.model;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One try to charge one invoice, as the database has it.
 *
 * @param sendNo the number of the newest send, 0 before the first; every guarded update names it
 * @param firstSentAt bounds the life of the idempotency key and where a lookup begins; UTC
 * @param lastSentAt where the horizon begins; UTC
 * @param transactionId the gateway's, where it is known
 * @param settlingUntil the rail's deadline where the gateway accepted and has not decided; UTC
 * @param declinesBefore declines of earlier attempts with the same payment method
 * @param firstDeclinedOn the day of the first of them, or of its own decline where that is the
 *     first; in the business's time zone
 * @param runNo the run that claimed it last
 */
public record Attempt(
    Order order,
    AttemptState state,
    int sendNo,
    Sends sends,
    @Nullable Instant firstSentAt,
    @Nullable Instant lastSentAt,
    @Nullable String transactionId,
    @Nullable Instant settlingUntil,
    int declinesBefore,
    @Nullable LocalDate firstDeclinedOn,
    long runNo) {

  public ChargeKey key() {
    return order.key();
  }

  /** The same with what is known about its sends now. */
  public Attempt with(Sends now) {
    return new Attempt(
        order,
        state,
        sendNo,
        now,
        firstSentAt,
        lastSentAt,
        transactionId,
        settlingUntil,
        declinesBefore,
        firstDeclinedOn,
        runNo);
  }

  /**
   * The same as the gateway is asked about it: one of whose sends nothing is known was sent once.
   *
   * @param at when that was at the earliest, UTC
   */
  public Attempt asSent(Instant at) {
    if (firstSentAt != null) {
      return this;
    }
    return new Attempt(
        order,
        state,
        sendNo,
        sends,
        at,
        at,
        transactionId,
        settlingUntil,
        declinesBefore,
        firstDeclinedOn,
        runNo);
  }

  /** The same as known by its key alone. */
  public Attempt withoutTransaction() {
    return new Attempt(
        order,
        state,
        sendNo,
        sends,
        firstSentAt,
        lastSentAt,
        null,
        settlingUntil,
        declinesBefore,
        firstDeclinedOn,
        runNo);
  }
}
