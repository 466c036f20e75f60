package billing.cli;

import billing.store.Migrations;
import billing.store.Pause;
import billing.store.Status;
import picocli.CommandLine.Command;

/** {@code billing resume}. */
@Command(
    name = "resume",
    description = "Lets runs charge again after billing pause. Starts none. Safe to repeat.")
final class ResumeCommand implements Subcommand {

  private final Invocation invocation;

  ResumeCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    try (var database = Parts.open(invocation.settings())) {
      Migrations.check(database);
      var before = new Status(database).fence();
      new Pause(database).resume();
      PauseLines.print(invocation, "resume", before, new Status(database).fence());
      return ExitCode.DONE;
    }
  }
}
