package billing.cli;

import billing.rules.Finding;
import billing.run.FormerWaiting;
import billing.store.Database;
import billing.store.Migrations;
import billing.store.Runs;
import billing.store.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing status}. */
@Command(
    name = "status",
    description = {
      "Shows how many invoices stand where, what waits for a person, and the last runs.",
      "With -v or --json all that waits for a person, not the oldest alone.",
      "Asks the database only, and changes nothing."
    })
final class StatusCommand implements Subcommand {

  static final int SHOWN = 10;

  @Option(
      names = "--check",
      description =
          "Exit as charge would: 3 with doubts, 4 where a person is needed, 6 while it is paused."
              + " For monitors.")
  private boolean check;

  private final Invocation invocation;

  StatusCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    try (var database = Parts.open(settings)) {
      Migrations.check(database);
      var status = new Status(database);
      var all = invocation.json() || invocation.verbose();
      var limit = all ? Undecided.ALL : SHOWN;
      var counts = status.counts();
      var undecided = Undecided.read(database, counts, limit);
      var former = FormerWaiting.read(database, limit);
      var exit = check ? exitCode(status.fence(), counts, former) : ExitCode.DONE;
      if (invocation.json()) {
        Json.print(
            invocation.console().out(),
            StatusDocument.of(database, status, undecided, former, exit));
      } else {
        print(settings, database, status, undecided, former);
      }
      return exit;
    }
  }

  private static ExitCode exitCode(
      Status.FenceRow fence, Status.Counts counts, FormerWaiting former) {
    var findings = EnumSet.noneOf(Finding.class);
    if (fence.paused()) {
      findings.add(Finding.PAUSED);
    }
    if (counts.reviews() + counts.differences() > 0) {
      findings.add(Finding.PERSON_NEEDED);
    }
    if (counts.doubts() + former.count() > 0) {
      findings.add(Finding.DOUBTS);
    }
    return ExitCode.of(Finding.exitCode(findings));
  }

  private void print(
      Settings settings,
      Database database,
      Status status,
      Undecided undecided,
      FormerWaiting former) {
    var zone = settings.charge().zone();
    var now = database.now();
    var out = invocation.console().out();
    out.printf(
        "billing %s  database %s  gateway %s%n%n",
        Version.number(), database.schema(), settings.gatewayKind());
    var heading = heading(settings, database, status, now);
    if (!undecided.text().isEmpty()) {
      heading.row("to decide", undecided.text());
    }
    heading.lines("  ").forEach(out::println);
    var states = states(status, now);
    if (!states.isEmpty()) {
      out.println();
      states.forEach(out::println);
    }
    var lines = new PersonLines(invocation.console());
    var waiting = lines.all(undecided);
    waiting.addAll(lines.former(former));
    if (!waiting.isEmpty()) {
      out.println();
      waiting.forEach(out::println);
    }
    var runs = new Runs(database).last(SHOWN);
    if (!runs.isEmpty()) {
      out.println();
      StatusLines.runs(runs, zone).lines("  ").forEach(out::println);
    }
  }

  private static Table heading(Settings settings, Database database, Status status, Instant now) {
    var zone = settings.charge().zone();
    var runs = new Runs(database);
    var table = new Table(Table.Align.LEFT, Table.Align.LEFT);
    table.row("now", now(status.fence(), AtWork.look(database)));
    runs.lastCharge().ifPresent(run -> table.row("last charge", StatusLines.run(run, zone, now)));
    runs.lastCleanCharge()
        .ifPresent(run -> table.row("last clean", StatusLines.run(run, zone, now)));
    return table;
  }

  private static String now(Status.FenceRow fence, AtWork work) {
    var paused = fence.paused();
    return (paused ? "paused " + PauseLines.since(fence) + "; lifted by  billing resume; " : "")
        + work.text(paused);
  }

  private List<String> states(Status status, Instant now) {
    var table =
        new Table(
            Table.Align.LEFT,
            Table.Align.LEFT,
            Table.Align.RIGHT,
            Table.Align.LEFT,
            Table.Align.LEFT);
    table.row(" ", "STATE", "ATTEMPTS", "OLDEST", "WHAT HAPPENS NEXT");
    var states = status.states();
    for (var standing : states) {
      table.row(
          StatusLines.needsAttention(standing.name()) ? "!" : " ",
          standing.name(),
          Integer.toString(standing.attempts()),
          age(standing.oldest(), now),
          StatusLines.next(standing));
    }
    return states.isEmpty() ? new ArrayList<>() : table.lines("");
  }

  private static String age(@Nullable Instant moment, Instant now) {
    return moment == null ? "" : Moments.age(Duration.between(moment, now));
  }
}
