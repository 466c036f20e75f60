package billing.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt as the database has it when it is held against the gateway's listing.
 *
 * @param id its number, which has no meaning
 * @param createdAt when it was queued, before any send; UTC
 * @param taken what was booked, where it is SETTLED
 * @param settledAt when it was booked; UTC
 * @param adopted whether it was found at the gateway when the database had forgotten it
 * @param released whether a person has allowed one more charge of its invoice
 */
public record Remembered(
    long id,
    Attempt attempt,
    Instant createdAt,
    @Nullable Money taken,
    @Nullable Instant settledAt,
    boolean adopted,
    boolean released) {

  public ChargeKey key() {
    return attempt.key();
  }

  /** Whether its invoice can have no other attempt beside it. */
  public boolean isLive() {
    return switch (attempt.state()) {
      case PENDING, SENT, REVIEW -> true;
      case SETTLED -> !released;
      case DECLINED, CANCELLED -> false;
    };
  }

  /** The attempt as the gateway is asked about it: one without a send has its beginning. */
  public Attempt asSent() {
    return attempt.asSent(createdAt);
  }

  /** Whether no request for money was ever begun for it, as far as the database knows. */
  public boolean neverSent() {
    return attempt.sendNo() == 0;
  }
}
