package billing.run;

import billing.model.ChargeKey;
import billing.model.Difference;
import billing.rules.Finding;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison of the gateway's listing with the books found.
 *
 * @param from what was made, captured, refunded or disputed since then was listed
 * @param until when the listing began
 * @param transactions how many the gateway showed
 * @param complete whether every page was read, both ways
 * @param since from which day a listing is complete, where none since {@code from} is; null: again
 * @param adopted keys that the database had forgotten and that are SENT again
 * @param forgotten those that it does not know, and that were not adopted
 * @param late attempts that turned out to be charged after they had ended, and were booked
 * @param found differences, the ones that stood before included; at most so many as are listed
 * @param differences how many there are
 * @param opened how many of them are new
 * @param closed how many were closed by themselves
 */
public record ComparisonReport(
    Instant from,
    Instant until,
    long transactions,
    int pages,
    boolean complete,
    @Nullable LocalDate since,
    List<ChargeKey> adopted,
    List<String> forgotten,
    List<String> foreign,
    int late,
    List<Difference> found,
    int differences,
    int opened,
    int closed,
    Set<Finding> findings,
    List<String> trouble) {

  /** The most serious that ends a run before its first send; null: nothing does. */
  @Nullable Finding endsSending() {
    return findings.stream()
        .filter(finding -> finding != Finding.DOUBTS)
        .sorted()
        .findFirst()
        .orElse(null);
  }
}
