package billing.cli;

import billing.store.Migrations;
import billing.store.Pause;
import billing.store.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing pause}. */
@Command(
    name = "pause",
    description = {
      "Stops all charging until billing resume: no run begins a claim, one at work included.",
      "What is being sent at that moment is finished and booked. Safe to repeat."
    })
final class PauseCommand implements Subcommand {

  @Option(
      names = "--because",
      required = true,
      paramLabel = "TEXT",
      description = "Why; shown by billing status and by every run that it stops.")
  private String because = "";

  private final Invocation invocation;

  PauseCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    var reason = Because.check(because).strip();
    try (var database = Parts.open(settings)) {
      Migrations.check(database);
      var before = new Status(database).fence();
      new Pause(database).pause(reason);
      PauseLines.print(invocation, "pause", before, new Status(database).fence());
      return ExitCode.DONE;
    }
  }
}
