package billing.store;

import billing.model.ChargeKey;
import billing.model.Difference;
import billing.model.Fence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the writing of noes ended: known for certain. */
public sealed interface Recorded {

  /**
   * Committed.
   *
   * @param moved what was no longer SENT under that send number: somebody else decided it
   * @param refused where the app's SQL refused the departure; those stay SENT, with a difference
   * @param schemaAtFault whether the app's SQL refused attempt after attempt
   */
  record Written(
      Set<ChargeKey> written,
      Set<ChargeKey> moved,
      Map<ChargeKey, String> refused,
      List<Difference> differences,
      boolean schemaAtFault)
      implements Recorded {}

  /**
   * Another run took over, or the database went back: this run can say no no more.
   *
   * @param present null: the fence's row is gone
   */
  record Fenced(Fence mine, @Nullable Fence present) implements Recorded {}
}
