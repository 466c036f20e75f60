package billing.cli;

import billing.model.Difference;
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
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code reconcile} prints, and its twin for programs. */
final class ReconcileLines {

  private static final int SHOWN = 20;
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

  /** What the summary of a charge says of its comparison: nothing where all was well. */
  static List<String> ofNight(Console console, @Nullable ComparisonReport report) {
    var lines = new ArrayList<String>();
    if (report != null && report.late() + report.closed() > 0) {
      lines.add(
          "  compared    %s with the gateway: %d booked that were approved late, %s closed"
              .formatted(
                  Moments.counted(report.transactions(), "transaction"),
                  report.late(),
                  Moments.counted(report.closed(), "difference")));
    }
    if (report != null) {
      Stream.concat(
              report.forgotten().stream().map(key -> "not known here: " + key),
              report.foreign().stream())
          .limit(SHOWN)
          .forEach(line -> lines.add(console.alarming("!") + " " + Table.printable(line)));
    }
    return lines;
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
      lines(compared, false).forEach(out::println);
    }
    var mail = run.mail();
    if (mail != null && mail.sent() + mail.later() > 0) {
      out.printf("  mail        sent %d, later %d%n", mail.sent(), mail.later());
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
    out.println(verdict(run.findings().stream().sorted().toList(), report.exitCode()));
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
    lines(report, true).forEach(out::println);
    var differences = report.found();
    differences.stream().limit(SHOWN).forEach(one -> out.println(difference(one)));
    if (report.differences() > Math.min(SHOWN, differences.size())) {
      out.printf(
          "    ... %d more        (up to 100 of them: --json)%n",
          report.differences() - Math.min(SHOWN, differences.size()));
    }
    report.trouble().forEach(line -> out.println(alarm(line)));
    out.println(
        exit == ExitCode.DONE
            ? "Compared only; a run without --dry-run acts on it. Doubts were not asked about."
            : "Not compared to the end.  (exit " + exit.code() + ")");
  }

  private List<String> lines(ComparisonReport report, boolean dryRun) {
    var lines = new ArrayList<String>();
    lines.add(
        "  compared    %s on %s since %s"
            .formatted(
                Moments.counted(report.transactions(), "transaction"),
                Moments.counted(report.pages(), "page"),
                Moments.stamp(report.from(), zone)));
    if (!report.adopted().isEmpty()) {
      lines.add(
          "  adopted     %s that the database had forgotten: %s"
              .formatted(
                  Moments.counted(report.adopted().size(), "charge"),
                  some(report.adopted().stream().map(Object::toString).toList())));
    }
    if (!report.forgotten().isEmpty()) {
      lines.add(
          "  %s %s".formatted(dryRun ? "would adopt" : "forgotten  ", some(report.forgotten())));
    }
    report.foreign().stream().limit(SHOWN).forEach(line -> lines.add(alarm("foreign: " + line)));
    if (report.late() > 0) {
      lines.add(
          "  late        %s %s after its attempt had ended"
              .formatted(
                  Moments.counted(report.late(), "charge"),
                  dryRun ? "would be booked, approved" : "booked, approved"));
    }
    if (report.differences() + report.closed() > 0) {
      lines.add(
          "  differences %d found, %d of them new; %d closed by themselves"
              .formatted(report.differences(), report.opened(), report.closed()));
    }
    return lines;
  }

  private static String some(List<String> names) {
    var shown = String.join(", ", names.stream().limit(SHOWN).map(Table::printable).toList());
    return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
  }

  private String difference(Difference one) {
    return alarm(
        "%s: %s%s"
            .formatted(
                one.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                one.invoiceId() == null ? "" : "invoice " + one.invoiceId() + ", ",
                one.detail()));
  }

  private String alarm(String line) {
    return console.alarming("!") + " " + Table.printable(line);
  }

  private static String verdict(List<Finding> findings, int exit) {
    if (exit == 0) {
      return "Done. The gateway, the books and billing agree.";
    }
    var reasons = String.join("; ", findings.stream().map(Finding::text).toList());
    var next =
        String.join(
            "",
            findings.stream()
                .map(ReconcileLines::next)
                .distinct()
                .map("\n    try: "::concat)
                .toList());
    return "%s: %s. Nothing was sent.%s\n(exit %d)"
        .formatted(exit == 9 ? "Done, but" : "Not finished", reasons, next, exit);
  }

  /** As after a charge, but what asks again is this command. */
  private static String next(Finding finding) {
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
    compared(document, run.comparison());
    DoubtLines.put(document, run);
    PersonLines.put(document, Undecided.of(run));
    var findings = document.putArray("findings");
    run.findings().stream().sorted().map(Finding::name).forEach(findings::add);
    return document;
  }

  private static void cured(ObjectNode document, Curing curing) {
    switch (curing) {
      case Curing.NotNeeded() -> document.put("cured", false).putNull("not_cured");
      case Curing.Owed(var from, var why) -> document.put("cured", false).put("not_cured", why);
      case Curing.Done(var left) -> {
        document.put("cured", true).putNull("not_cured").put("pause_forgotten", true);
        document.put("held_letters", left.heldLetters());
      }
    }
  }

  ObjectNode document(ComparisonReport report, ExitCode exit) {
    var document = Json.document("reconcile", exit).put("dry_run", true);
    compared(document, report);
    return document;
  }

  private static void compared(ObjectNode document, @Nullable ComparisonReport report) {
    if (report == null) {
      return;
    }
    var compared =
        document
            .putObject("compared")
            .put("from", report.from().toString())
            .put("until", report.until().toString())
            .put("transactions", report.transactions())
            .put("pages", report.pages())
            .put("complete", report.complete())
            .put("late", report.late())
            .put("differences", report.differences())
            .put("opened", report.opened())
            .put("closed", report.closed());
    var adopted = compared.putArray("adopted");
    report.adopted().forEach(key -> adopted.add(key.value()));
    var forgotten = compared.putArray("forgotten");
    report.forgotten().forEach(forgotten::add);
    var foreign = compared.putArray("foreign");
    report.foreign().forEach(foreign::add);
    var found = compared.putArray("found");
    for (var one : report.found()) {
      found
          .addObject()
          .put("kind", one.kind().name())
          .put("subject", one.subject())
          .put("invoice", one.invoiceId())
          .put("detail", one.detail());
    }
    var trouble = compared.putArray("trouble");
    report.trouble().forEach(trouble::add);
  }
}
