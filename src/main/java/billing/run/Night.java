package billing.run;

import billing.mail.Postman;
import billing.model.ChargeKey;
import billing.model.Fence;
import billing.rules.Finding;
import billing.rules.RunState;
import billing.store.Database;
import billing.store.DatabaseTrouble;
import billing.store.Leftovers;
import billing.store.Outbox;
import billing.store.Run;
import billing.store.Run.Declines;
import billing.store.Runs;
import billing.store.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes after the sending: the run's end in the database, the customers' mail, the report. */
final class Night {

  private static final Logger LOG = LoggerFactory.getLogger(Night.class);
  private static final int LISTED = 20;

  private final Database database;
  private final ChargeSettings settings;
  private final ChargeOrder order;
  private final Fence fence;
  private final Postman postman;
  private final Supplier<@Nullable Finding> signal;
  private final @Nullable Function<ChargeReport, String> summary;
  private final Instant startedAt = Instant.now();
  private final long startedNanos = System.nanoTime();
  private final Set<Finding> findings = EnumSet.noneOf(Finding.class);
  private final List<String> trouble = new ArrayList<>();
  private @Nullable Desk desk;
  private @Nullable ComparisonReport comparison;
  private Leftovers.@Nullable Left left;
  private Map<ChargeKey, Instant> askAgainFrom = Map.of();
  private boolean mailHeld;
  private boolean lettersHeld;
  private boolean listed;

  /**
   * @param signal what told the run to stop; null: nothing did
   * @param summary what is kept of the report; null: the figures alone
   */
  Night(
      Database database,
      ChargeSettings settings,
      ChargeOrder order,
      Fence fence,
      Postman postman,
      Supplier<@Nullable Finding> signal,
      @Nullable Function<ChargeReport, String> summary) {
    this.database = database;
    this.settings = settings;
    this.order = order;
    this.fence = fence;
    this.postman = postman;
    this.signal = signal;
    this.summary = summary;
  }

  /** Whose figures are to be reported. */
  void watch(Desk desk) {
    this.desk = desk;
  }

  /** What the gateway's listing showed; of several the last. */
  void compared(ComparisonReport report) {
    comparison = report;
    listed = listed || report.pages() > 0;
    findings.addAll(report.findings());
    trouble.addAll(report.trouble());
  }

  /** Nobody is told anything by this command. */
  void holdMail() {
    mailHeld = true;
  }

  /**
   * Nor what waits in the outbox: the database had forgotten charges, and so may have been told.
   */
  void holdLetters() {
    lettersHeld = true;
  }

  void found(Finding finding) {
    findings.add(finding);
  }

  void trouble(Finding finding, String line) {
    findings.add(finding);
    trouble(line);
  }

  void trouble(String line) {
    trouble.add(line);
  }

  /** Sends, ends the run, gives the lock back, and only then tells the customers. */
  ChargeReport finish(Tenure tenure, Callable<RunState> sending) {
    send(sending);
    var counts = counts();
    endRun(tenure);
    tenure.close();
    // An outbox of an earlier time holds mail that was sent long ago; without a listing nobody
    // knows whether it is one.
    var away =
        mailHeld
            || !listed
            || findings.contains(Finding.DATABASE_LOST)
            || findings.contains(Finding.WENT_BACK)
            || findings.contains(Finding.FORGOTTEN)
            || findings.contains(Finding.FOREIGN);
    var mail = away ? null : tell();
    var report = report(counts, mail);
    keep(report);
    return report;
  }

  /** The run's row was closed before the mails: now it says how all of it ended. */
  private void keep(ChargeReport report) {
    if (findings.contains(Finding.DATABASE_LOST)) {
      return;
    }
    try {
      new Runs(database)
          .amend(fence, report.exitCode(), summary == null ? null : summary.apply(report));
    } catch (DatabaseTrouble e) {
      LOG.warn("the run's row lacks its last words: {}", e.getMessage());
    }
  }

  private void send(Callable<RunState> sending) {
    try {
      var state = sending.call();
      findings.addAll(state.findings());
      askAgainFrom = state.askAgainFrom();
      waiting(state.siblingsInDoubt());
      left = StillDue.after(fence.epoch(), state, order, database, LISTED);
      findings.addAll(StillDue.findings(left));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      findings.add(Finding.TERMINATED);
    } catch (DatabaseTrouble e) {
      lost(e);
    } catch (Exception e) {
      // The outermost boundary of the sending: the run still ends in the books and reports.
      LOG.error("a bug in the run", e);
      findings.add(Finding.BUG);
      trouble.add("a bug in billing: " + e.getClass().getSimpleName());
    }
  }

  /** Their invoices are due and not charged, and nothing else shows why. */
  private void waiting(Set<ChargeKey> siblings) {
    if (!siblings.isEmpty()) {
      trouble(Finding.DOUBTS, StillDue.behind(siblings, LISTED));
    }
  }

  private Status.@Nullable Counts counts() {
    try {
      var counts = new Status(database).counts();
      if (counts.doubts() > 0) {
        findings.add(Finding.DOUBTS);
      }
      if (counts.reviews() + counts.differences() > 0) {
        findings.add(Finding.PERSON_NEEDED);
      }
      return counts;
    } catch (DatabaseTrouble e) {
      lost(e);
      return null;
    }
  }

  private void endRun(Tenure tenure) {
    if (!tenure.holds()) {
      findings.add(Finding.LOCK_LOST);
    }
    var held = findings.contains(Finding.TOO_MANY_DECLINES);
    try {
      if (lettersHeld
          && !findings.contains(Finding.FENCED)
          && new Runs(database).holdLetters(fence) > 0) {
        held = true;
        findings.add(Finding.PERSON_NEEDED);
      }
      var ended =
          tenure.end(
              desk == null ? fence : desk.fence(),
              Finding.exitCode(findings),
              held ? Declines.HELD : Declines.COUNT,
              summary(new Status(database).figures(fence.epoch())));
      if (!ended) {
        findings.add(Finding.WENT_BACK);
      } else if (!findings.contains(Finding.FENCED)) {
        new Outbox(database).release(fence.epoch());
      }
    } catch (DatabaseTrouble e) {
      lost(e);
    }
  }

  /** How many attempts ended in which state, as a JSON object. */
  private static String summary(List<Status.Figure> figures) {
    var counts = new TreeMap<String, Integer>();
    figures.forEach(figure -> counts.merge(figure.standing(), figure.attempts(), Integer::sum));
    return counts.entrySet().stream()
        .map(count -> "\"%s\":%d".formatted(count.getKey(), count.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private Notify.@Nullable Result tell() {
    try {
      var result = new Notify(new Outbox(database), postman, () -> signal.get() != null).sendAll();
      if (result.failed()) {
        findings.add(Finding.MAIL);
      }
      var stoppedBy = signal.get();
      if (result.stopped() && stoppedBy != null) {
        findings.add(stoppedBy);
      }
      return result;
    } catch (DatabaseTrouble e) {
      lost(e);
      return null;
    }
  }

  private void lost(DatabaseTrouble e) {
    findings.add(Hands.finding(e));
    trouble.add(String.valueOf(e.getMessage()));
  }

  private ChargeReport report(Status.@Nullable Counts counts, Notify.@Nullable Result mail) {
    var status = new Status(database);
    var figures = List.<Status.Figure>of();
    var doubts = List.<Status.Waiting>of();
    var differences = List.<Status.OpenDifference>of();
    var reviews = List.<Status.Waiting>of();
    var held = List.<Run>of();
    if (counts != null) {
      try {
        figures = status.figures(fence.epoch());
        doubts = status.doubts(LISTED);
        differences = status.differences(LISTED);
        reviews = status.reviews(LISTED);
        held = new Runs(database).held(LISTED);
      } catch (DatabaseTrouble e) {
        lost(e);
      }
    }
    if (desk != null) {
      desk.trouble().stream().filter(line -> !trouble.contains(line)).forEach(trouble::add);
    }
    return new ChargeReport(
        fence.epoch(),
        settings.host(),
        order.asOf(),
        startedAt,
        Duration.ofNanos(System.nanoTime() - startedNanos),
        figures,
        desk == null ? Map.of() : desk.skipped(),
        desk == null ? Set.of() : desk.notDue(),
        desk == null ? 0 : desk.recovered(),
        desk == null ? 0 : desk.recoveredCharged(),
        counts,
        doubts,
        askAgainFrom,
        differences,
        reviews,
        held,
        desk == null ? List.of() : desk.elsewhere().stream().limit(LISTED).toList(),
        comparison,
        left,
        mail,
        List.copyOf(trouble),
        Set.copyOf(findings));
  }
}
