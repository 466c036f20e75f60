package billing.cli;

import billing.run.Host;
import billing.run.Migrate;
import billing.store.Migrations;
import picocli.CommandLine.Command;

/** {@code billing migrate}: creates or upgrades billing's own tables, as the schema's owner. */
@Command(
    name = "migrate",
    description = {
      "Creates or upgrades billing's own tables, as db.migrate-user.",
      "Takes the lock where there is something to do, so that no run works meanwhile. Safe to",
      "repeat, also after one that failed half way."
    })
final class MigrateCommand implements Subcommand {

  private final Invocation invocation;

  MigrateCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    var host = Host.identity(settings.stateHost());
    var report = new Migrate(settings.owner(), host, Version.number()).run(invocation.patience());
    if (invocation.json()) {
      var document = Json.document("migrate", ExitCode.DONE).put("version", report.version());
      var applied = document.putArray("applied");
      report.applied().forEach(applied::add);
      Json.print(invocation.console().out(), document);
    } else if (!invocation.quiet()) {
      invocation.console().out().println(summary(report));
    }
    return ExitCode.DONE;
  }

  private static String summary(Migrations.Report report) {
    var done =
        report.applied().isEmpty()
            ? "nothing to do"
            : "applied " + String.join(", ", report.applied());
    return "billing migrate: " + done + "; the tables are of version " + report.version() + ".";
  }
}
