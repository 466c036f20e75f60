package billing.store;

import billing.model.Admission;
import billing.model.Difference;
import billing.model.Invoice;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one page of due invoices.
 *
 * @param rows how many the app's SQL gave
 * @param judged each with what the rules said of it, in the app's order
 * @param added how many new PENDING attempts there are; for a preview, would be
 * @param rivals how many another run had queued first
 * @param opened differences that are new
 * @param last the id after which the next page begins; null: the page was empty
 * @param end whether it was the last page
 */
public record Page(
    int rows,
    List<Judged> judged,
    int added,
    int rivals,
    List<Difference> opened,
    @Nullable String last,
    boolean end) {

  /** One invoice and what becomes of it. */
  public record Judged(Invoice invoice, Admission admission) {}

  /** How many are left alone for each reason. */
  public Map<Admission.Reason, Long> skipped() {
    return judged.stream()
        .map(Judged::admission)
        .filter(Admission.Skip.class::isInstance)
        .map(Admission.Skip.class::cast)
        .collect(
            java.util.stream.Collectors.groupingBy(
                Admission.Skip::reason,
                () -> new java.util.EnumMap<>(Admission.Reason.class),
                java.util.stream.Collectors.counting()));
  }
}
