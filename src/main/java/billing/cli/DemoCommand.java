package billing.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing demo}. */
@Command(
    name = "demo",
    description = {
      "Shows a night on this machine, with nothing installed.",
      "200 invoices, a second run that is turned away, a run that is killed half way and finished"
          + " by the next, and the gateway's own ledger against the books."
    })
final class DemoCommand implements Subcommand {

  @Option(
      names = "--gateway",
      paramLabel = "KIND",
      description = "stripe (the default) or nmi: whose protocol is spoken.")
  private String gateway = "stripe";

  private final Invocation invocation;

  DemoCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    checkGateway(gateway);
    var aside = Children.settingsIn(invocation.environment());
    if (!aside.isEmpty()) {
      invocation
          .console()
          .err()
          .println("billing: the demo leaves aside what is set here: " + String.join(", ", aside));
    }
    try {
      var directory = Files.createTempDirectory(Path.of("/var/tmp"), "billing-demo-");
      try {
        return new DemoNight(invocation.console().out(), gateway).show(directory);
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw new OperatorError(ExitCode.DATABASE, "the demo cannot write: " + e.getMessage(), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED;
    } catch (NoClassDefFoundError e) {
      throw notInstalled();
    }
  }

  /** Refuses a gateway that the sandbox does not speak. */
  static void checkGateway(String gateway) {
    if (!List.of("stripe", "nmi").contains(gateway)) {
      throw new OperatorError(
          ExitCode.USAGE, "--gateway " + gateway + ": there is stripe and nmi", null);
    }
  }

  /** Both commands that need lib/demo say the same where it was left out. */
  static OperatorError notInstalled() {
    return new OperatorError(
        ExitCode.USAGE,
        "this install has no lib/demo: the sandbox and the embedded database were left out",
        "a checkout, or the whole distribution");
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
