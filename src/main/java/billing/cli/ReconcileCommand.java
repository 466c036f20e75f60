package billing.cli;

import billing.model.Durations;
import billing.rules.Finding;
import billing.run.ComparisonReport;
import billing.run.Reconcile;
import billing.run.ReconcileOrder;
import billing.store.Database;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing reconcile}. */
@Command(
    name = "reconcile",
    description = {
      "Resolves every doubt, then compares the gateway's listing with the books, both ways.",
      "Adopts and books what the database forgot. Never sends a charge; safe to run again."
    })
final class ReconcileCommand implements Subcommand {

  @Option(
      names = "--since",
      paramLabel = "DATE|DURATION",
      description =
          "List the gateway from that date in charge.zone, or so far back, such as 36h or 30d (else"
              + " since the last complete listing).")
  private @Nullable String since;

  @Option(
      names = "--dry-run",
      description = "Compare and list what is found. Writes nothing, and resolves no doubt.")
  private boolean dryRun;

  @Option(
      names = "--mail",
      description =
          "Tell the customers of charges that are adopted, too, and hold no letter of a database"
              + " that went back.")
  private boolean mail;

  private final Invocation invocation;

  ReconcileCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    var zone = settings.charge().zone();
    try (var database = Parts.open(settings);
        var gateway = Parts.gateway(settings);
        var progress = new ProgressLine(invocation.console(), invocation.quiet())) {
      var order =
          new ReconcileOrder(
              since(database, zone), LocalDate.now(zone), mail, invocation.patience());
      var reconcile =
          new Reconcile(
              database,
              settings.database(),
              gateway,
              Parts.postman(settings),
              Parts.charge(settings, gateway.requestsPerSecond()),
              Version.number(),
              new ChargeProgress(progress));
      Signals.take(code -> reconcile.stop(code == 130 ? Finding.INTERRUPTED : Finding.TERMINATED));
      return dryRun ? look(reconcile, order, zone) : reconcile(reconcile, order, zone);
    }
  }

  private ExitCode reconcile(Reconcile reconcile, ReconcileOrder order, ZoneId zone) {
    var report = reconcile.run(order);
    var exit = ExitCode.of(report.exitCode());
    var out = invocation.console().out();
    var lines = new ReconcileLines(invocation.console(), zone);
    if (invocation.json()) {
      Json.print(out, lines.document(report, exit));
    } else if (!invocation.quiet() || exit != ExitCode.DONE) {
      lines.print(out, report);
    }
    return exit;
  }

  private ExitCode look(Reconcile reconcile, ReconcileOrder order, ZoneId zone) {
    ComparisonReport report;
    try {
      report = reconcile.look(order);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.TERMINATED;
    }
    var ended = report.complete() ? 0 : Finding.exitCode(report.findings());
    var exit = ExitCode.of(ended);
    var out = invocation.console().out();
    var lines = new ReconcileLines(invocation.console(), zone);
    if (invocation.json()) {
      Json.print(out, lines.document(report, exit));
    } else {
      lines.print(out, report, exit);
    }
    return exit;
  }

  /** A duration counts back from the database's time, as the watermark does. */
  private @Nullable Instant since(Database database, ZoneId zone) {
    if (since == null) {
      return null;
    }
    var text = since;
    var from =
        Durations.parse(text)
            .map(duration -> database.now().minus(duration))
            .or(() -> date(text).map(day -> day.atStartOfDay(zone).toInstant()))
            .orElseThrow(() ->
                new OperatorError(
                    ExitCode.USAGE,
                    "--since " + text + " is neither a date nor a duration",
                    "billing reconcile --since 2026-11-01   or   billing reconcile --since 36h"));
    if (from.isAfter(database.now())) {
      throw new OperatorError(
          ExitCode.USAGE, "--since " + text + " is in the future: nothing was charged since", null);
    }
    return from;
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
