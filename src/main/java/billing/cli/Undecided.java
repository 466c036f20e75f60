package billing.cli;

import billing.run.ChargeReport;
import billing.store.Database;
import billing.store.Run;
import billing.store.Runs;
import billing.store.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a person: the oldest of each kind, and how many there are.
 *
 * @param counts null: the database was lost before it could count them
 */
record Undecided(
    List<Status.OpenDifference> differences,
    List<Status.Waiting> reviews,
    List<Run> held,
    Status.@Nullable Counts counts) {

  /** What {@code status} lists of each kind where it is to list all: a document has an end. */
  static final int ALL = 10_000;

  static Undecided read(Database database, Status.Counts counts, int limit) {
    var status = new Status(database);
    return new Undecided(
        status.differences(limit), status.reviews(limit), new Runs(database).held(limit), counts);
  }

  static Undecided of(ChargeReport report) {
    return new Undecided(report.differences(), report.reviews(), report.held(), report.counts());
  }

  /** How much it is; empty: nothing is. */
  String text() {
    var parts = new ArrayList<String>();
    if (counts != null && counts.differences() > 0) {
      parts.add(Moments.counted(counts.differences(), "open difference"));
    }
    if (counts != null && counts.reviews() > 0) {
      parts.add(Moments.counted(counts.reviews(), "attempt") + " in REVIEW");
    }
    if (counts != null && counts.held() > 0) {
      parts.add(Moments.counted(counts.held(), "run") + " with letters held");
    }
    return String.join(", ", parts);
  }

  int moreDifferences() {
    return counts == null ? 0 : more(counts.differences(), differences);
  }

  int moreReviews() {
    return counts == null ? 0 : more(counts.reviews(), reviews);
  }

  int moreHeld() {
    return counts == null ? 0 : more(counts.held(), held);
  }

  /** One that came or went between the two questions is no matter. */
  private static int more(int all, List<?> listed) {
    return Math.max(0, all - listed.size());
  }
}
