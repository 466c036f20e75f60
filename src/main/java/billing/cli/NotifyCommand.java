package billing.cli;

import billing.run.Footing;
import billing.run.Host;
import billing.run.Notify;
import billing.store.Migrations;
import billing.store.Outbox;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;

/** {@code billing notify}. */
@Command(
    name = "notify",
    description = {
      "Sends what is waiting in the outbox.",
      "Needs no lock: it may run beside a charge, and beside another notify."
    })
final class NotifyCommand implements Subcommand {

  private final Invocation invocation;

  NotifyCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    try (var database = Parts.open(settings)) {
      Migrations.check(database);
      // An earlier state of the outbox, or a copy of it, holds mail that was sent long ago.
      Footing.look(database, Host.identity(settings.stateHost()), settings.stateDir())
          .requireForMail();
      var signal = new AtomicInteger();
      Signals.take(signal::set);
      var notify =
          new Notify(new Outbox(database), Parts.postman(settings), () -> signal.get() != 0);
      var result = notify.sendAll();
      var exit =
          result.stopped()
              ? ExitCode.of(signal.get())
              : result.failed() ? ExitCode.MAIL : ExitCode.DONE;
      print(result, exit);
      return exit;
    }
  }

  private void print(Notify.Result result, ExitCode exit) {
    var out = invocation.console().out();
    if (invocation.json()) {
      var document = Json.document("notify", exit);
      MailLine.put(document, result);
      Json.print(out, document);
      return;
    }
    if (invocation.quiet() && exit == ExitCode.DONE) {
      return;
    }
    out.printf(
        "billing notify: sent %d, undeliverable %d, waiting %d%n",
        result.sent(), result.undeliverable(), result.waiting());
    if (result.failed()) {
      out.println(invocation.console().alarming("!") + " " + MailLine.failed(result));
    }
  }
}
