package billing.cli;

import billing.sandbox.Charge;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * The night that the demo shows. Apart from the command, whose class is looked at for every {@code
 * --help}, also where lib/demo was left out.
 */
final class DemoNight {

  private static final int INVOICES = 200;
  private static final int DECLINED_IN_A_HUNDRED = 5;
  private static final int IN_DOUBT = 3;

  private final PrintStream out;
  private final String gateway;
  private final long startedAt = System.nanoTime();

  DemoNight(PrintStream out, String gateway) {
    this.out = out;
    this.gateway = gateway;
  }

  ExitCode show(Path directory) throws IOException, InterruptedException {
    say(
        "starting a database, a gateway that speaks %s and a mail server on this machine"
            .formatted(gateway));
    var weather = Weather.parse("latency=400ms");
    try (var around = Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(weather))) {
      var settings =
          around.settings(
              gateway,
              Map.of(
                  "gateway.concurrency", "16",
                  "gateway.rate", "0",
                  "gateway.timeout", "5s",
                  "recovery.wait", "1m"));
      around.fill(gateway, INVOICES, DECLINED_IN_A_HUNDRED, LocalDate.now(ZoneOffset.UTC));
      try (var children = new Children(settings, directory)) {
        prepare(around, children);
        killedHalfWay(around, children);
        finishedByTheNext(children);
        return judge(around);
      }
    }
  }

  private void prepare(Surroundings around, Children children)
      throws IOException, InterruptedException {
    must(children.start("migrate", "-q"));
    around.grant();
    must(children.start("enroll", "--because", "the demo", "-q"));
    say(
        "%d invoices are due, %d in a hundred with a card that is declined"
            .formatted(INVOICES, DECLINED_IN_A_HUNDRED));
  }

  private void killedHalfWay(Surroundings around, Children children)
      throws IOException, InterruptedException {
    out.println();
    say("the first run begins: billing charge");
    var first = children.start("charge");
    awaitCharges(around, first, INVOICES / 5);
    say("somebody starts it a second time, while the first works");
    var second = children.start("charge");
    var code = second.await();
    second.said().forEach(line -> out.println("    | " + line));
    say("turned away, exit code " + code);

    awaitCharges(around, first, INVOICES / 2);
    first.process().destroyForcibly().waitFor();
    out.println();
    say("kill -9 of the first run, half way");
    var doubts = around.count("SELECT COUNT(*) FROM charge_attempts WHERE state = 'SENT'");
    Thread.sleep(600); // what was on its way arrives at the gateway meanwhile
    var booked = around.count("SELECT COUNT(*) FROM payments");
    var taken = around.gateway().ledger().standing().size();
    say(
        "%d sends are in doubt: the gateway has charged %d, the books know %d"
            .formatted(doubts, taken, booked));
    if (doubts < IN_DOUBT) {
      throw new IllegalStateException("only " + doubts + " sends were in doubt: too calm to show");
    }
  }

  private void finishedByTheNext(Children children) throws IOException, InterruptedException {
    out.println();
    say("the next run, as cron would start it: billing charge");
    var next = children.start("charge");
    var code = next.await();
    next.said().forEach(line -> out.println("    | " + line));
    say("exit code " + code);
  }

  private ExitCode judge(Surroundings around) {
    var ledger = around.gateway().ledger();
    var standing = ledger.standing();
    var twice = ledger.doubles().size();
    var payments = around.count("SELECT COUNT(*) FROM payments");
    var due = around.count("SELECT COUNT(*) FROM invoices WHERE amount_due > 0");
    var unbooked = standing.stream().filter(charge -> !isBooked(around, charge)).count();
    out.println();
    out.println("The gateway's own ledger against the books");
    new Table(Table.Align.LEFT, Table.Align.RIGHT)
        .row("charges in the ledger", Integer.toString(standing.size()))
        .row("payments in the app's books", Long.toString(payments))
        .row("charges without a payment", Long.toString(unbooked))
        .row("invoices charged twice", Integer.toString(twice))
        .row("invoices still unpaid (declined cards)", Long.toString(due))
        .row("mails received", Integer.toString(around.mail().received().size()))
        .lines("  ")
        .forEach(out::println);
    around.mail().received().stream()
        .findFirst()
        .ifPresent(mail -> {
          out.println();
          out.println("One customer's mail: " + mail.subject());
          mail.text().strip().lines().forEach(line -> out.println("    | " + line));
        });
    out.println();
    var fine =
        twice == 0
            && unbooked == 0
            && payments == standing.size()
            && payments + due == INVOICES
            && around.mail().received().size() == INVOICES;
    say(
        fine
            ? "Nobody was charged twice, and nothing was lost."
            : "This should not have happened.");
    return fine ? ExitCode.DONE : ExitCode.BUG;
  }

  private static boolean isBooked(Surroundings around, Charge charge) {
    return around.count(
            "SELECT COUNT(*) FROM payments WHERE gateway_transaction_id = '"
                + charge.transactionId()
                + "'")
        == 1;
  }

  private static void awaitCharges(Surroundings around, Children.Child run, int charges)
      throws InterruptedException {
    while (around.gateway().ledger().standing().size() < charges) {
      if (!run.process().isAlive()) {
        throw new IllegalStateException(
            "the run has ended early:\n" + String.join("\n", run.said()));
      }
      Thread.sleep(20);
    }
  }

  private static void must(Children.Child child) throws InterruptedException {
    if (child.await() != 0) {
      throw new IllegalStateException(String.join("\n", child.said()));
    }
  }

  private void say(String text) {
    var seconds = (System.nanoTime() - startedAt) / 1_000_000_000;
    out.printf("%3ds  %s%n", seconds, text);
  }
}
