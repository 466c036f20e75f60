package billing.cli;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/**
 * Surroundings that stay until they are interrupted. Apart from the command, whose class is looked
 * at for every {@code --help}, also where lib/demo was left out.
 */
final class SandboxPractice {

  private final PrintStream out;
  private final String gateway;
  private final int invoices;
  private final String faults;

  SandboxPractice(PrintStream out, String gateway, int invoices, String faults) {
    this.out = out;
    this.gateway = gateway;
    this.invoices = invoices;
    this.faults = faults;
  }

  void run(Path directory) throws IOException, InterruptedException {
    var weather = weather();
    refuseAnotherGateway(directory);
    try (var around = Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(weather))) {
      var settings = around.settings(gateway, Map.of("gateway.timeout", "5s"));
      if (around.count("SELECT COUNT(*) FROM invoices") == 0) {
        around.fill(gateway, invoices, 5, LocalDate.now(ZoneOffset.UTC));
      }
      prepare(around, settings, directory);
      explain(around, settings);
      var ended = new CountDownLatch(1);
      Signals.take(code -> ended.countDown());
      ended.await();
    }
  }

  /** The customers of a directory have the cards of the gateway that it was begun with. */
  private void refuseAnotherGateway(Path directory) throws IOException {
    var file = directory.resolve("billing.properties");
    if (!Files.exists(file)) {
      return;
    }
    var before = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      before.load(reader);
    }
    var kind = before.getProperty("gateway.kind", gateway);
    if (!kind.equals(gateway)) {
      throw new OperatorError(
          ExitCode.USAGE,
          "%s was begun with --gateway %s, and its customers have no other cards"
              .formatted(directory, kind),
          "billing sandbox --gateway %s --dir ANOTHER, or --gateway %s here"
              .formatted(gateway, kind));
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
    out.printf(
        """
        The sandbox is ready, and ends with Ctrl-C.
          billing charge --dry-run --config %1$s
          billing charge --config %1$s
          billing status --config %1$s
          curl %2$s/_ledger      (what the gateway has taken)
          curl %2$s/_faults      (the weather there; POST changes it)
        """,
        settings, gateway.equals("nmi") ? around.gateway().nmiUrl() : around.gateway().stripeUrl());
  }
}
