package billing.run;

import billing.model.Admission.Reason;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.rules.Finding;
import billing.store.Leftovers;
import billing.store.Run;
import billing.store.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run did, for people and programs.
 *
 * @param figures by state and currency
 * @param skipped due invoices that were left alone, by reason
 * @param notDue invoices that were named and are not due, or not there
 * @param recovered attempts that earlier runs had left SENT
 * @param recoveredCharged those of them that turned out to be charged, and were booked
 * @param counts as the database stands at the end, earlier nights included; null: it was lost
 * @param doubts the oldest attempts in doubt
 * @param askAgainFrom when a question about a doubt may next tell more; one that is not in it: now
 * @param differences the oldest open differences
 * @param reviews the oldest attempts that wait for a person
 * @param held runs that ended by too many declines and wait for a person, this one too
 * @param elsewhere attempts of a former account that keep their invoices waiting, the first ones
 * @param comparison with the gateway's listing; null: the run ended before it
 * @param left what the run would have charged and leaves PENDING; null: it was ended by a finding
 * @param trouble what went wrong, in words
 * @param findings what is to be reported; the most serious gives the exit code
 */
public record ChargeReport(
    long run,
    String host,
    LocalDate asOf,
    Instant startedAt,
    Duration took,
    List<Status.Figure> figures,
    Map<Reason, Long> skipped,
    Set<String> notDue,
    int recovered,
    int recoveredCharged,
    Status.@Nullable Counts counts,
    List<Status.Waiting> doubts,
    Map<ChargeKey, Instant> askAgainFrom,
    List<Status.OpenDifference> differences,
    List<Status.Waiting> reviews,
    List<Run> held,
    List<Attempt> elsewhere,
    @Nullable ComparisonReport comparison,
    Leftovers.@Nullable Left left,
    Notify.@Nullable Result mail,
    List<String> trouble,
    Set<Finding> findings) {

  public int exitCode() {
    return Finding.exitCode(findings);
  }
}
