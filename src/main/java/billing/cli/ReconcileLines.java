package billing.cli;

import billing.rules.Finding;
import billing.run.ComparisonReport;
import billing.run.Curing;
import billing.run.ReconcileReport;
import billing.store.Cured;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code reconcile} prints, and its twin for programs. */
final class ReconcileLines {

  private static final Set<Finding> ASK_AGAIN =
      EnumSet.of(
          Finding.DOUBTS,
          Finding.GATEWAY_UNREACHABLE,
          Finding.GATEWAY_SILENT,
          Finding.THROTTLED,
          Finding.TOO_MANY_DOUBTS,
          Finding.LOCK_LOST,
          Finding.DATABASE_LOST,
          Finding.INTERRUPTED,
          Finding.TERMINATED);

  private final Console console;
  private final ZoneId zone;

  ReconcileLines(Console console, ZoneId zone) {
    this.console = console;
    this.zone = zone;
  }

  void print(PrintStream out, ReconcileReport report) {
    var run = report.run();
    out.printf(
        "billing reconcile  run %d on %s  %s  took %s%n%n",
        run.run(), run.host(), Moments.stamp(run.startedAt(), zone), Moments.span(run.took()));
    if (run.recovered() > 0) {
      out.printf(
          "  resolved    %s: %d are charged and booked, %d ended otherwise or wait%n",
          Moments.counted(run.recovered(), "attempt"),
          run.recoveredCharged(),
          run.recovered() - run.recoveredCharged());
    }
    var compared = run.comparison();
    if (compared != null) {
      new ComparedLines(console, zone).of(compared, false).forEach(out::println);
    }
    var mail = run.mail();
    if (mail != null && MailLine.isNews(mail)) {
      out.println("  mail        " + MailLine.of(mail));
    }
    cured(report.curing()).forEach(out::println);
    var doubts = DoubtLines.of(run, zone);
    if (!doubts.isEmpty()) {
      out.println();
      doubts.forEach(out::println);
    }
    var person = new PersonLines(console).all(Undecided.of(run));
    if (!person.isEmpty()) {
      out.println();
      person.forEach(out::println);
    }
    run.trouble().forEach(line -> out.println(alarm(line)));
    out.println(verdict(report, run.findings().stream().sorted().toList()));
  }

  private List<String> cured(Curing curing) {
    return switch (curing) {
      case Curing.NotNeeded() -> List.of();
      // Why is among the run's trouble.
      case Curing.Owed owed -> List.of();
      case Curing.Done(var left) -> cured(left);
    };
  }

  private List<String> cured(Cured cured) {
    var lines = new ArrayList<String>();
    lines.add("  cured       the database had gone back; it stands above every run now");
    lines.add(
        "  pause       one given in the lost time is forgotten; if it is still wanted:"
            + " billing pause --because TEXT");
    if (cured.heldLetters() > 0) {
      lines.add(
          "  held        %s of the restored outbox, since the lost time may have sent them"
              .formatted(Moments.counted(cured.heldLetters(), "letter")));
    }
    return lines;
  }

  /** Of {@code --dry-run}. */
  void print(PrintStream out, ComparisonReport report, ExitCode exit) {
    out.printf("billing reconcile --dry-run  nothing is written, nothing is booked%n%n");
    var compared = new ComparedLines(console, zone);
    compared.of(report, true).forEach(out::println);
    compared.found(report).forEach(out::println);
    report.trouble().forEach(line -> out.println(alarm(line)));
    out.println(
        exit == ExitCode.DONE
            ? "Compared only; a run without --dry-run acts on it. Doubts were not asked about."
            : "Not compared to the end.  (exit " + exit.code() + ")");
  }

  private String alarm(String line) {
    return console.alarming("!") + " " + Table.printable(line);
  }

  private static String verdict(ReconcileReport report, List<Finding> findings) {
    var exit = report.exitCode();
    if (exit == 0) {
      return "Done. The gateway, the books and billing agree.";
    }
    var reasons = String.join("; ", findings.stream().map(Finding::text).toList());
    var next =
        String.join(
            "",
            findings.stream()
                .map(finding -> next(finding, report.run().comparison(), report.curing()))
                .distinct()
                .map("\n    try: "::concat)
                .toList());
    return "%s: %s. Nothing was sent.%s\n(exit %d)"
        .formatted(exit == 9 ? "Done, but" : "Not finished", reasons, next, exit);
  }

  /** Not the same command where that does not help, however often. */
  private static String next(Finding finding, @Nullable ComparisonReport compared, Curing curing) {
    if (finding == Finding.WENT_BACK && curing instanceof Curing.Owed owed && owed.next() != null) {
      return owed.next();
    }
    return finding == Finding.DOUBTS && compared != null && compared.since() != null
        ? "billing reconcile --since %s        which shows what this listing left out"
            .formatted(compared.since())
        : next(finding);
  }

  /** As after a charge, but what asks again is this command. */
  private static String next(Finding finding) {
    if (finding == Finding.FORGOTTEN) {
      return "billing reconcile        once more; of one that it names again, billing show INVOICE"
          + " tells what stands in its way";
    }
    return ASK_AGAIN.contains(finding)
        ? "billing reconcile        again; it asks about every doubt first"
        : NextCommand.of(finding, "billing reconcile");
  }

  ObjectNode document(ReconcileReport report, ExitCode exit) {
    var run = report.run();
    var document =
        Json.document("reconcile", exit)
            .put("run", run.run())
            .put("host", run.host())
            .put("started", run.startedAt().toString())
            .put("took_ms", run.took().toMillis())
            .put("dry_run", false)
            .put("rounds", report.rounds())
            .put("recovered", run.recovered())
            .put("recovered_charged", run.recoveredCharged());
    cured(document, report.curing());
    var compared = run.comparison();
    if (compared != null) {
      ComparedLines.put(document, compared, false);
    }
    var mail = run.mail();
    if (mail != null) {
      MailLine.put(document.putObject("mail"), mail);
    }
    DoubtLines.put(document, run);
    PersonLines.put(document, Undecided.of(run));
    Json.lines(document, "trouble", run.trouble());
    EndLines.put(
        document, exit, run.findings(), finding -> next(finding, compared, report.curing()));
    return document;
  }

  private static void cured(ObjectNode document, Curing curing) {
    switch (curing) {
      case Curing.NotNeeded() -> document.put("cured", false).putNull("not_cured");
      case Curing.Owed owed -> document.put("cured", false).put("not_cured", owed.why());
      case Curing.Done(var left) -> {
        document.put("cured", true).putNull("not_cured").put("pause_forgotten", true);
        document.put("held_letters", left.heldLetters());
      }
    }
  }

  ObjectNode document(ComparisonReport report, ExitCode exit) {
    var document = Json.document("reconcile", exit).put("dry_run", true);
    ComparedLines.put(document, report, true);
    Json.lines(document, "trouble", report.trouble());
    EndLines.put(
        document,
        exit,
        report.findings(),
        finding -> next(finding, report, new Curing.NotNeeded()));
    return document;
  }
}
