package billing.store;

import billing.model.Attempt;
import billing.model.Currency;
import billing.model.Difference;
import billing.model.Fence;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a claim ended: known for certain, whatever happened on the way. */
public sealed interface ClaimResult {

  /**
   * Committed.
   *
   * @param sent durably SENT under a send number of their own: these, and no others, may leave
   * @param cancelled what the re-check took out
   * @param differences opened by this claim
   * @param nothingLeft whether nothing more can be claimed now
   * @param overTotal a currency whose limit for this date is reached; what would have gone over it
   *     stays PENDING
   * @param nextNotBefore when the next waiting attempt may be claimed, where nothing is left now
   * @param schemaAtFault whether the app's SQL refused attempt after attempt
   */
  record Claimed(
      List<Attempt> sent,
      List<Attempt> cancelled,
      List<Difference> differences,
      boolean nothingLeft,
      @Nullable Currency overTotal,
      @Nullable Instant nextNotBefore,
      boolean schemaAtFault)
      implements ClaimResult {}

  /**
   * Another run took over, or the database went back: this run can claim nothing more.
   *
   * @param present null: the fence's row is gone
   */
  record Fenced(Fence mine, @Nullable Fence present) implements ClaimResult {}

  /** A person pulled the switch. */
  record Paused(String why) implements ClaimResult {}
}
