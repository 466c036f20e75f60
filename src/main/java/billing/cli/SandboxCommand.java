package billing.cli;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing sandbox}. */
@Command(
    name = "sandbox",
    description = {
      "The demo's surroundings, left running for practice and drills: a database with due"
          + " invoices,",
      "a gateway with the faults that you choose, a mail server. Ends with Ctrl-C."
    })
final class SandboxCommand implements Subcommand {

  @Option(
      names = "--gateway",
      paramLabel = "KIND",
      description = "stripe (the default) or nmi: whose cards the customers have.")
  private String gateway = "stripe";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the database and the settings are kept (else ./billing-sandbox).")
  private Path directory = Path.of("billing-sandbox");

  @Option(names = "--invoices", paramLabel = "N", description = "How many are due (else 200).")
  private int invoices = 200;

  @Option(
      names = "--faults",
      paramLabel = "FAULTS",
      description = "Such as latency=50ms,reset-after=0.05,seed=7; docs/sandbox.md has them all.")
  private String faults = "";

  private final Invocation invocation;

  SandboxCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    try {
      var weather = weather();
      var where = directory.toAbsolutePath().normalize();
      try (var around = Surroundings.start(where, SandboxSettings.DEFAULT.withWeather(weather))) {
        var settings = around.settings(gateway, Map.of("gateway.timeout", "5s"));
        if (around.count("SELECT COUNT(*) FROM invoices") == 0) {
          around.fill(gateway, invoices, 5, LocalDate.now(ZoneOffset.UTC));
        }
        prepare(around, settings, where);
        explain(around, settings);
        var ended = new CountDownLatch(1);
        Signals.take(code -> ended.countDown());
        ended.await();
        return ExitCode.DONE;
      }
    } catch (IOException e) {
      throw new OperatorError(
          ExitCode.USAGE, "the sandbox cannot use " + directory + ": " + e.getMessage(), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED;
    } catch (NoClassDefFoundError e) {
      throw DemoCommand.notInstalled();
    }
  }

  private Weather weather() {
    try {
      return faults.isEmpty() ? Weather.CALM : Weather.parse(faults);
    } catch (IllegalArgumentException e) {
      throw new OperatorError(
          ExitCode.USAGE, "--faults: " + e.getMessage(), "billing sandbox --help");
    }
  }

  private static void prepare(Surroundings around, Path settings, Path directory)
      throws IOException, InterruptedException {
    try (var children = new Children(settings, directory)) {
      run(children, "migrate", "-q");
      around.grant();
      run(children, "enroll", "--because", "the sandbox", "-q");
    }
  }

  private static void run(Children children, String... args)
      throws IOException, InterruptedException {
    var child = children.start(args);
    if (child.await() != 0) {
      throw new OperatorError(
          ExitCode.DATABASE, args[0] + " failed: " + String.join("\n", child.said()), null);
    }
  }

  private void explain(Surroundings around, Path settings) {
    invocation
        .console()
        .out()
        .printf(
            """
            The sandbox is ready, and ends with Ctrl-C.
              billing charge --dry-run --config %1$s
              billing charge --config %1$s
              billing status --config %1$s
              curl %2$s/_ledger      (what the gateway has taken)
              curl %2$s/_faults      (the weather there; POST changes it)
            """,
            settings,
            gateway.equals("nmi") ? around.gateway().nmiUrl() : around.gateway().stripeUrl());
  }
}
