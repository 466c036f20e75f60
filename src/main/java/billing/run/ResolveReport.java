package billing.run;

import billing.store.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a person's decision.
 *
 * @param run that did it; 0: it was done before, and nothing was written
 * @param what in one sentence
 * @param done false: it was done before
 * @param invoiceId which it is about; null where it is about none
 * @param open the differences about that invoice that are open still
 * @param mail what was told to customers at the end; null: nothing was to be told
 */
public record ResolveReport(
    long run,
    boolean done,
    String what,
    @Nullable String invoiceId,
    List<Status.AnyDifference> open,
    Notify.@Nullable Result mail) {

  public int exitCode() {
    return mail != null && mail.failed() ? 9 : 0;
  }
}
