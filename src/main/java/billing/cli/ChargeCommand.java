package billing.cli;

import billing.rules.Finding;
import billing.run.Charge;
import billing.run.ChargeOrder;
import billing.run.ChargeReport;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing charge}. */
@Command(
    name = "charge",
    description = {
      "Resolves what earlier runs left in doubt, charges what is due, books it, tells the"
          + " customers.",
      "Safe to run again at any moment."
    })
final class ChargeCommand implements Subcommand {

  @Option(
      names = "--dry-run",
      description =
          "List what would happen. Writes nothing, asks the gateway nothing, exits with 0.")
  private boolean dryRun;

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description =
          "What is due on that date (else today in charge.zone); a future one only with --dry-run.")
  private @Nullable LocalDate asOf;

  @Option(
      names = "--invoice",
      paramLabel = "ID",
      description = "Only this invoice; may be repeated.")
  private List<String> invoices = List.of();

  @Option(names = "--limit", paramLabel = "N", description = "Claim at most so many invoices.")
  private @Nullable Integer limit;

  private final Invocation invocation;

  ChargeCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    var order = order(settings);
    if (dryRun) {
      return new DryRunCommand(invocation, settings, order).run();
    }
    var report = charge(settings, order);
    var exit = exit(report);
    var out = invocation.console().out();
    var lines = lines(settings, report);
    if (invocation.json()) {
      Json.print(out, lines.document(exit));
    } else if (!invocation.quiet() || exit != ExitCode.DONE) {
      lines.print(out);
    }
    return exit;
  }

  private static ExitCode exit(ChargeReport report) {
    return ExitCode.of(report.exitCode());
  }

  private ChargeLines lines(Settings settings, ChargeReport report) {
    return new ChargeLines(invocation.console(), report, settings.charge().zone());
  }

  private ChargeOrder order(Settings settings) {
    var today = LocalDate.now(settings.charge().zone());
    var date = asOf == null ? today : asOf;
    if (date.isAfter(today) && !dryRun) {
      throw new OperatorError(
          ExitCode.USAGE,
          "--as-of " + date + " is in the future: nothing is charged before it is due",
          "billing charge --dry-run --as-of " + date);
    }
    if (limit != null && limit < 1) {
      throw new OperatorError(ExitCode.USAGE, "--limit " + limit + " is not above 0", null);
    }
    return new ChargeOrder(
        date,
        Set.copyOf(new LinkedHashSet<>(invoices)),
        limit == null ? Integer.MAX_VALUE : limit,
        invocation.patience());
  }

  private ChargeReport charge(Settings settings, ChargeOrder order) {
    try (var database = Parts.open(settings);
        var gateway = Parts.gateway(settings);
        var progress = new ProgressLine(invocation.console(), invocation.quiet())) {
      var charge =
          new Charge(
              database,
              settings.database(),
              gateway,
              Parts.postman(settings),
              Parts.charge(settings, gateway.requestsPerSecond()),
              Version.number(),
              new ChargeProgress(progress),
              effect -> {});
      charge.keeping(report -> lines(settings, report).document(exit(report)).toString());
      Signals.take(code -> charge.stop(code == 130 ? Finding.INTERRUPTED : Finding.TERMINATED));
      return charge.run(order);
    }
  }
}
