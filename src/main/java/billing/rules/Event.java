package billing.rules;

import billing.model.Attempt;
import billing.model.ChargeKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happened to a run: the end of an effect, or the passing of time. */
public sealed interface Event {

  record Started() implements Event {}

  /** Attempts that an earlier run left SENT. */
  record Recovered(List<Attempt> page, boolean last) implements Event {}

  /** A page of due invoices was read, and so many were added as PENDING. */
  record Queued(int added, boolean end) implements Event {}

  /**
   * A claim committed.
   *
   * @param nothingLeft whether no more attempt could be claimed now
   * @param nextNotBefore when one that waits may be claimed; null: none waits
   * @param overTotal whether the next one would go over its currency's total
   */
  record Claimed(
      List<Attempt> sent, boolean nothingLeft, @Nullable Instant nextNotBefore, boolean overTotal)
      implements Event {}

  /**
   * Ended attempts with an unanswered send, which stand before a sibling's claim.
   *
   * @param elsewhere those that were sent to another account, where this run cannot ask
   */
  record SiblingsRead(List<Attempt> siblings, List<ChargeKey> elsewhere, boolean last)
      implements Event {}

  /** A worker at the gateway is back. */
  record Heard(ChargeKey key, int sendNo, Evidence evidence) implements Event {}

  /** A batch of noes and notes committed; what someone else had moved is not among them. */
  record Written(Set<ChargeKey> written) implements Event {}

  /**
   * A batch of approvals was booked.
   *
   * @param notBookable those whose booking the app's database refused
   * @param schemaAtFault whether that is the file's or the schema's fault, and not the invoice's
   */
  record Booked(Set<ChargeKey> booked, Set<ChargeKey> notBookable, boolean schemaAtFault)
      implements Event {}

  /** What was learned about siblings is written; those that are clear are no longer in the way. */
  record Marked() implements Event {}

  /** The declines of this run are held, also where it dies now. */
  record Held() implements Event {}

  /** An effect could not be done; everything that it was about stays as it is. */
  record Failed(Effect effect, Finding finding) implements Event {}

  /** Something from outside ends the sending. */
  record Stopped(Finding finding) implements Event {}

  record Tick() implements Event {}
}
