package billing.cli;

import billing.store.Database;
import billing.store.Migrations;
import billing.store.Run;
import billing.store.RunLock;
import billing.store.Runs;
import billing.store.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
          "Exit as charge would: 3 with doubts, 4 where a person is needed. For monitors.")
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
      var counts = status.counts();
      var exit = check ? exitCode(counts) : ExitCode.DONE;
      var all = invocation.json() || invocation.verbose();
      var undecided = Undecided.read(database, counts, all ? Undecided.ALL : SHOWN);
      if (invocation.json()) {
        Json.print(
            invocation.console().out(), StatusDocument.of(database, status, undecided, exit));
      } else {
        print(settings, database, status, undecided);
      }
      return exit;
    }
  }

  private static ExitCode exitCode(Status.Counts counts) {
    if (counts.reviews() + counts.differences() > 0) {
      return ExitCode.PERSON;
    }
    return counts.doubts() > 0 ? ExitCode.DOUBT : ExitCode.DONE;
  }

  private void print(Settings settings, Database database, Status status, Undecided undecided) {
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
    var waiting = new PersonLines(invocation.console()).all(undecided);
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
    var fence = status.fence();
    var runs = new Runs(database);
    var table = new Table(Table.Align.LEFT, Table.Align.LEFT);
    table.row("now", now(database, fence, runs.last(SHOWN)));
    runs.lastCharge().ifPresent(run -> table.row("last charge", StatusLines.run(run, zone, now)));
    runs.lastCleanCharge()
        .ifPresent(run -> table.row("last clean", StatusLines.run(run, zone, now)));
    return table;
  }

  private static String now(Database database, Status.FenceRow fence, List<Run> runs) {
    if (fence.paused()) {
      return "paused " + PauseLines.since(fence) + "; lifted by  billing resume";
    }
    var open = runs.stream().filter(run -> run.endedAt() == null).findFirst();
    if (RunLock.isHeld(database)) {
      return open.map(run -> "at work: " + StatusLines.whose(run))
          .orElse("a command has just begun");
    }
    return open.filter(run -> run.equals(runs.getFirst()))
        .map(run -> StatusLines.whose(run) + " died; the next one finishes what it left")
        .orElse("no run; not paused; lock free");
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
