package billing.cli;

import billing.run.Enroll;
import billing.run.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code billing enroll}. */
@Command(
    name = "enroll",
    description = {
      "Creates the installation: pins the gateway account, its mode and charge.prefix, and admits"
          + " this host.",
      "Run again on another host, it admits that one, too."
    })
final class EnrollCommand implements Subcommand {

  @Option(
      names = "--because",
      required = true,
      paramLabel = "TEXT",
      description = "Why; kept with the installation.")
  private String because = "";

  private final Invocation invocation;

  EnrollCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    Because.check(because);
    try (var database = Parts.open(settings);
        var gateway = Parts.gateway(settings)) {
      var enroll =
          new Enroll(
              database,
              settings.database(),
              gateway,
              Parts.charge(settings, gateway.requestsPerSecond()),
              Version.number());
      var installation = enroll.run(because, invocation.patience());
      var account = installation.account();
      var id = account.id() == null ? "(the gateway tells no id)" : account.id();
      if (invocation.json()) {
        Json.print(
            invocation.console().out(),
            Json.document("enroll", ExitCode.DONE)
                .put("installation", installation.id())
                .put("gateway", account.gateway())
                .put("account", account.id())
                .put("live", account.live())
                .put("prefix", installation.prefix())
                .put("host", Host.identity(settings.stateHost())));
      } else if (!invocation.quiet()) {
        invocation
            .console()
            .out()
            .printf(
                "Enrolled: installation %s, %s account %s, %s mode, prefix %s, host %s.%n",
                installation.id(),
                account.gateway(),
                id,
                account.live() ? "live" : "test",
                installation.prefix(),
                Host.identity(settings.stateHost()));
      }
      return ExitCode.DONE;
    }
  }
}
