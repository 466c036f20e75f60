package billing.store;

import billing.model.ChargeKey;
import billing.model.Difference;
import billing.model.Fence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a charge that the database had forgotten. */
public sealed interface Adopted {

  /** It is SENT now, and is looked up like any other. */
  record Sent(ChargeKey key) implements Adopted {}

  /** A person decides; only what is new is named. */
  record Differs(List<Difference> opened) implements Adopted {}

  /** The rows have moved since they were read: it is judged again. */
  record Moved() implements Adopted {}

  /**
   * Another run took over, or the database went back.
   *
   * @param present null: the fence's row is gone
   */
  record Fenced(Fence mine, @Nullable Fence present) implements Adopted {}
}
