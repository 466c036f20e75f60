package billing.cli;

import billing.run.Resolve;
import billing.run.ResolveOrder;
import billing.run.ResolveReport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code billing resolve}. */
@Command(
    name = "resolve",
    customSynopsis = {
      "billing resolve KEY (--settled TXN | --not-charged)",
      "         [--although-account-refused] --because TEXT",
      "  or:  billing resolve --invoice ID --charge-again",
      "         [--although-not-refunded] --because TEXT",
      "  or:  billing resolve --difference ID --accept",
      "         [--although-account-refused] --because TEXT",
      "  or:  billing resolve --difference ID",
      "         (--charge-it | --already-paid TXN | --book) --because TEXT",
      "  or:  billing resolve --run N (--tell | --void) --because TEXT",
    },
    description = {
      "A person's decision about what only a person can decide; recorded with its reason.",
      "Asks the gateway first, and refuses what the gateway contradicts. Safe to repeat."
    })
final class ResolveCommand implements Subcommand {

  private static final int LONGEST_REASON = 500;

  @Mixin private ResolveForms forms = new ResolveForms();

  @Option(
      names = "--because",
      required = true,
      paramLabel = "TEXT",
      description = "Why; kept with the decision.")
  private String because = "";

  private final Invocation invocation;

  ResolveCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var order = new ResolveOrder(forms.form(), reason());
    var settings = invocation.settings();
    try (var database = Parts.open(settings);
        var gateway = Parts.gateway(settings)) {
      var resolve =
          new Resolve(
              database,
              settings.database(),
              gateway,
              Parts.postman(settings),
              Parts.charge(settings, gateway.requestsPerSecond()),
              Version.number());
      var report = resolve.run(order, invocation.patience());
      var exit = ExitCode.of(report.exitCode());
      print(report, exit);
      return exit;
    }
  }

  private String reason() {
    var reason = because.strip();
    if (reason.isEmpty()) {
      throw new OperatorError(ExitCode.USAGE, "--because is empty", "say why, for the record");
    }
    if (reason.codePointCount(0, reason.length()) > LONGEST_REASON) {
      throw new OperatorError(
          ExitCode.USAGE, "--because is longer than " + LONGEST_REASON + " characters", null);
    }
    return reason;
  }

  private void print(ResolveReport report, ExitCode exit) {
    var out = invocation.console().out();
    if (invocation.json()) {
      print(document(report, exit));
      return;
    }
    if (!invocation.quiet()) {
      out.println(
          (report.done() ? "Done, run " + report.run() + ": " : "Nothing was written: ")
              + Table.printable(report.what())
              + ".");
    }
    for (var open : report.open()) {
      out.println(DifferenceLines.of(invocation.console(), open));
      Deciding.difference(open)
          .forEach(command -> out.println("      " + Table.printable(command)));
    }
    var mail = report.mail();
    if (mail != null && mail.failed()) {
      out.println(invocation.console().alarming("!") + " " + MailLine.failed(mail));
    }
  }

  private void print(ObjectNode document) {
    Json.print(invocation.console().out(), document);
  }

  private static ObjectNode document(ResolveReport report, ExitCode exit) {
    var document =
        Json.document("resolve", exit)
            .put("run", report.run() == 0 ? null : report.run())
            .put("done", report.done())
            .put("what", report.what())
            .put("invoice", report.invoiceId());
    var open = document.putArray("open_differences");
    report.open().forEach(difference -> DifferenceLines.put(open.addObject(), difference));
    var mail = report.mail();
    if (mail != null) {
      MailLine.put(document.putObject("mail"), mail);
    }
    return document;
  }
}
