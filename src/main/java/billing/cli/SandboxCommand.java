package billing.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing sandbox}. */
@Command(
    name = "sandbox",
    description = {
      "Leaves the demo's surroundings running, for practice and drills.",
      "A database with due invoices, a gateway with the faults that you choose, and a mail"
          + " server. Ends with Ctrl-C."
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
    DemoCommand.checkGateway(gateway);
    var set = Children.settingsIn(invocation.environment());
    if (!set.isEmpty()) {
      invocation
          .console()
          .err()
          .println(
              "billing: set here, and stronger than the sandbox's file, which the commands below"
                  + " would then not obey: "
                  + String.join(", ", set)
                  + "\n    try: unset them first");
    }
    try {
      var practice = new SandboxPractice(invocation.console().out(), gateway, invoices, faults);
      practice.run(directory.toAbsolutePath().normalize());
      return ExitCode.DONE;
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
}
