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
      Json.print(
          out,
          Json.document("notify", exit)
              .put("sent", result.sent())
              .put("undeliverable", result.undeliverable())
              .put("later", result.later())
              .put("waiting", result.waiting())
              .put("server_down", result.serverDown()));
      return;
    }
    if (invocation.quiet() && exit == ExitCode.DONE) {
      return;
    }
    out.printf(
        "billing notify: sent %d, undeliverable %d, waiting %d%n",
        result.sent(), result.undeliverable(), result.waiting());
    if (result.serverDown()) {
      out.println(
          invocation.console().alarming("!")
              + " the mail server could not be reached: "
              + Table.printable(result.down())
              + "; the outbox keeps the mail, try  billing notify  again  (exit 9)");
    } else if (result.failed()) {
      out.println(
          invocation.console().alarming("!")
              + " the mail server took none of "
              + Moments.counted(result.later(), "mail")
              + "; each is tried again later: ask it why  (exit 9)");
    }
  }
}
