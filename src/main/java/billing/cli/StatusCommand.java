package billing.cli;

import billing.store.Database;
import billing.store.Migrations;
import billing.store.Outbox;
import billing.store.Run;
import billing.store.RunLock;
import billing.store.Runs;
import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
      "Asks the database only, and changes nothing."
    })
final class StatusCommand implements Subcommand {

  private static final int SHOWN = 10;

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
      var exit = check ? exitCode(status.counts()) : ExitCode.DONE;
      if (invocation.json()) {
        Json.print(invocation.console().out(), document(database, status, exit));
      } else {
        print(settings, database, status);
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

  private void print(Settings settings, Database database, Status status) {
    var zone = settings.charge().zone();
    var now = database.now();
    var out = invocation.console().out();
    out.printf(
        "billing %s  database %s  gateway %s%n%n",
        Version.number(), database.schema(), settings.gatewayKind());
    heading(settings, database, status, now).lines("  ").forEach(out::println);
    var states = states(status, now);
    if (!states.isEmpty()) {
      out.println();
      states.forEach(out::println);
    }
    var waiting =
        new PersonLines(invocation.console())
            .all(status.differences(SHOWN), status.reviews(SHOWN), new Runs(database).held(SHOWN));
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

  private static ObjectNode document(Database database, Status status, ExitCode exit) {
    var document = Json.document("status", exit);
    var fence = status.fence();
    document
        .put("paused", fence.paused())
        .put("paused_because", fence.pausedBecause())
        .put("paused_at", StatusLines.utc(fence.pausedAt()))
        .put("epoch", fence.epoch());
    var states = document.putArray("states");
    for (var standing : status.states()) {
      states
          .addObject()
          .put("state", standing.name())
          .put("attempts", standing.attempts())
          .put("oldest", StatusLines.utc(standing.oldest()));
    }
    var counts = status.counts();
    document
        .put("doubts", counts.doubts())
        .put("reviews", counts.reviews())
        .put("differences", counts.differences())
        .put("mails_waiting", new Outbox(database).waiting().ready());
    addRuns(document, new Runs(database));
    addWaiting(document, database, status);
    return document;
  }

  private static void addRuns(ObjectNode document, Runs runs) {
    runs.lastCharge().ifPresent(run -> put(document.putObject("last_charge"), run));
    runs.lastCleanCharge().ifPresent(run -> put(document.putObject("last_clean_charge"), run));
    var array = document.putArray("runs");
    runs.last(SHOWN).forEach(run -> put(array.addObject(), run));
  }

  private static void put(ObjectNode node, Run run) {
    node.put("run", run.no())
        .put("command", run.command())
        .put("host", run.host())
        .put("started", StatusLines.utc(run.startedAt()))
        .put("ended", StatusLines.utc(run.endedAt()))
        .put("exit", run.exitCode());
  }

  private static void addWaiting(ObjectNode document, Database database, Status status) {
    PersonLines.put(
        document, status.differences(SHOWN), status.reviews(SHOWN), new Runs(database).held(SHOWN));
  }
}
