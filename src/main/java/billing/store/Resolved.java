package billing.store;

import billing.model.Difference;
import billing.model.Fence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the writing of a person's decision ended: known for certain. */
public sealed interface Resolved {

  /**
   * Committed.
   *
   * @param differences opened by it
   */
  record Written(List<Difference> differences) implements Resolved {}

  /**
   * Committed, but not booked, since another attempt of its invoice lives: the charge is one too
   * many, and a difference says so.
   */
  record OneTooMany(List<Difference> differences) implements Resolved {}

  /** What it is about is no longer as it was when it was looked at; nothing was written. */
  record Moved() implements Resolved {}

  /**
   * Another run took over, or the database went back; nothing was written.
   *
   * @param present null: the fence's row is gone
   */
  record Fenced(Fence mine, @Nullable Fence present) implements Resolved {}

  /** The app's own SQL refuses it; nothing was written. */
  record NotBookable(String why) implements Resolved {}
}
