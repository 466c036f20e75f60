package billing.run;

import billing.model.ChargeKey;
import billing.model.Difference;
import billing.rules.Finding;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts what a comparison finds, and keeps the first of each kind for the report. */
final class Tally {

  private static final int LISTED = 100;

  private final List<ChargeKey> adopted = new ArrayList<>();
  private final Set<String> forgotten = new LinkedHashSet<>();
  private final Set<String> foreign = new LinkedHashSet<>();
  private final List<Difference> found = new ArrayList<>();
  private final Set<String> subjects = new LinkedHashSet<>();
  private final Set<String> trouble = new LinkedHashSet<>();
  private final Set<Finding> findings = EnumSet.noneOf(Finding.class);
  private boolean unsure;
  private @Nullable LocalDate since;
  private int late;
  private int differences;
  private int opened;
  private int closed;

  /** For one more round of the same command: what was done counts on, what was seen begins anew. */
  Tally next() {
    var next = new Tally();
    next.adopted.addAll(adopted);
    next.late = late;
    next.opened = opened;
    next.closed = closed;
    return next;
  }

  void adopted(ChargeKey key) {
    adopted.add(key);
  }

  int adoptions() {
    return adopted.size();
  }

  void forgot(String key) {
    finding(Finding.FORGOTTEN);
    keep(forgotten, key);
  }

  /** A comparison that only looks. */
  void wouldAdopt(String key) {
    keep(forgotten, key);
  }

  void foreign(String key, String installation) {
    finding(Finding.FOREIGN);
    keep(foreign, key + " of installation " + installation);
  }

  void late() {
    late++;
  }

  void differs(Collection<Difference> all, int fresh) {
    opened += fresh;
    for (var one : all) {
      if (found.size() < LISTED && subjects.add(one.kind() + " " + one.subject())) {
        found.add(one);
      }
    }
    differences += all.size();
  }

  void closed(int count) {
    closed += count;
  }

  /**
   * Something was not answered that this listing showed: the next one has to begin where it did.
   */
  void unsure() {
    unsure = true;
  }

  void finding(Finding finding) {
    findings.add(finding);
  }

  /** From which day a listing shows what this one left out; null: it needs none. */
  void since(@Nullable LocalDate day) {
    since = day;
  }

  void trouble(String line) {
    keep(trouble, line);
  }

  private static void keep(Set<String> lines, String line) {
    if (lines.size() < LISTED) {
      lines.add(line);
    }
  }

  ComparisonReport report(
      Instant from, Instant until, long transactions, int pages, boolean complete) {
    return new ComparisonReport(
        from,
        until,
        transactions,
        pages,
        complete && !unsure,
        since,
        List.copyOf(adopted),
        List.copyOf(forgotten),
        List.copyOf(foreign),
        late,
        List.copyOf(found),
        differences,
        opened,
        closed,
        Set.copyOf(findings),
        List.copyOf(trouble));
  }
}
