package billing.cli;

import billing.model.AttemptState;
import billing.store.History;
import billing.store.History.Chapter;
import billing.store.History.Happening;
import billing.store.Migrations;
import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code billing show INVOICE}. */
@Command(
    name = "show",
    description = {
      "Tells one invoice's whole story: each attempt, what happened to it and on what evidence.",
      "Changes nothing; asks the database only, with --live the gateway too."
    })
final class ShowCommand implements Subcommand {

  @Parameters(paramLabel = "INVOICE", description = "The invoice's id, as in the app.")
  private String invoice = "";

  @Option(
      names = "--live",
      description =
          "Set the gateway's present answer beside each attempt that was ever sent, and beside each"
              + " open difference about a transaction.")
  private boolean live;

  private final Invocation invocation;

  ShowCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public ExitCode run() {
    var settings = invocation.settings();
    try (var database = Parts.open(settings)) {
      Migrations.check(database);
      var story = new History(database).story(invoice);
      var status = new Status(database);
      var differences = status.differencesOf(invoice);
      if (story.isEmpty() && differences.isEmpty()) {
        throw new OperatorError(
            ExitCode.USAGE,
            "billing knows no invoice " + Table.printable(invoice),
            "billing charge --dry-run, which lists what is due");
      }
      var present = live ? Present.ask(settings, database, story, differences) : Present.NOT_ASKED;
      if (invocation.json()) {
        Json.print(invocation.console().out(), document(story, status, differences, present));
      } else {
        story.forEach(chapter -> print(chapter, status, settings.charge().zone(), present));
        differences.forEach(difference -> print(difference, settings.charge().zone(), present));
      }
      return ExitCode.DONE;
    }
  }

  private void print(Chapter chapter, Status status, ZoneId zone, Present present) {
    var out = invocation.console().out();
    var attempt = chapter.attempt();
    out.printf(
        "invoice %s  attempt %d  key %s  %s  %s%n%n",
        invoice,
        attempt.order().attemptNo(),
        attempt.key(),
        Amounts.text(attempt.order().amount()),
        invocation.console().strong(attempt.state().name())
            + (chapter.released() ? ", released" : "")
            + (chapter.adopted() ? ", adopted" : ""));
    var table = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
    for (var happening : chapter.happenings()) {
      table.row(
          Moments.stamp(happening.at(), zone),
          transition(happening),
          who(happening),
          StatusLines.orNothing(happening.evidence()));
    }
    table.lines("  ").forEach(out::println);
    present.of(attempt.key()).forEach(answer -> out.println("  at the gateway now: " + answer));
    status.mails(attempt.key().value()).forEach(mail -> out.println(line(mail, zone)));
    if (chapter.retryOn() != null && attempt.state() == AttemptState.DECLINED) {
      out.println("  tried again on " + chapter.retryOn() + " if it is still due");
    }
    if (attempt.state() == AttemptState.REVIEW) {
      out.println(invocation.console().alarming("!") + " it waits for a person's decision");
      Deciding.review(attempt.key().value(), attempt.transactionId())
          .forEach(command -> out.println("      " + Table.printable(command)));
    }
    out.println();
  }

  private static String who(Happening happening) {
    return happening.command() == null
        ? happening.byUser()
        : "run %d %s".formatted(happening.runNo(), StatusLines.orNothing(happening.host()));
  }

  private static String transition(Happening happening) {
    if (happening.from() == null) {
      return happening.to().name();
    }
    return happening.from() == happening.to()
        ? "(no change)"
        : happening.from() + " -> " + happening.to();
  }

  private static String line(Status.Mail mail, ZoneId zone) {
    var what = "  mail " + mail.kind().toLowerCase(Locale.ROOT) + ": ";
    if (mail.sentAt() != null) {
      return what + "sent " + Moments.stamp(mail.sentAt(), zone);
    }
    var error = mail.lastError() == null ? "" : ", " + Table.printable(mail.lastError());
    return what + mail.state().toLowerCase(Locale.ROOT) + error;
  }

  private void print(Status.AnyDifference difference, ZoneId zone, Present present) {
    var out = invocation.console().out();
    out.println(DifferenceLines.of(invocation.console(), difference, zone));
    present.of(difference).forEach(answer -> out.println("      at the gateway now: " + answer));
    if (difference.state().equals("OPEN")) {
      Deciding.difference(difference)
          .forEach(command -> out.println("      " + Table.printable(command)));
    }
  }

  private ObjectNode document(
      List<Chapter> story, Status status, List<Status.AnyDifference> differences, Present present) {
    var document = Json.document("show", ExitCode.DONE).put("invoice", invoice);
    var attempts = document.putArray("attempts");
    for (var chapter : story) {
      var node = attempts.addObject();
      add(node, chapter, status);
      if (live) {
        var answers = node.putArray("live");
        present.of(chapter.attempt().key()).forEach(answers::add);
      }
    }
    var found = document.putArray("differences");
    for (var difference : differences) {
      var node = found.addObject();
      DifferenceLines.put(node, difference);
      if (live) {
        var answers = node.putArray("live");
        present.of(difference).forEach(answers::add);
      }
    }
    return document;
  }

  private static void add(ObjectNode node, Chapter chapter, Status status) {
    var attempt = chapter.attempt();
    var amount = attempt.order().amount();
    node.put("attempt", attempt.order().attemptNo())
        .put("key", attempt.key().value())
        .put("state", attempt.state().name())
        .put("amount", amount.major().toPlainString())
        .put("minor", amount.minor())
        .put("currency", amount.currency().code())
        .put("gateway", attempt.order().account().gateway())
        .put("transaction", attempt.transactionId())
        .put("sends", attempt.sends().letters())
        .put("adopted", chapter.adopted())
        .put("released", chapter.released());
    if (chapter.retryOn() != null && attempt.state() == AttemptState.DECLINED) {
      node.put("retry_on", chapter.retryOn().toString());
    }
    if (attempt.state() == AttemptState.REVIEW) {
      PersonLines.put(node, Deciding.review(attempt.key().value(), attempt.transactionId()));
    }
    var events = node.putArray("events");
    for (var happening : chapter.happenings()) {
      events
          .addObject()
          .put("at", happening.at().toString())
          .put("run", happening.runNo())
          .put("host", happening.host())
          .put("by", happening.byUser())
          .put("from", happening.from() == null ? null : happening.from().name())
          .put("to", happening.to().name())
          .put("send", happening.sendNo())
          .put("evidence", happening.evidence());
    }
    var mails = node.putArray("mails");
    for (var mail : status.mails(attempt.key().value())) {
      mails
          .addObject()
          .put("kind", mail.kind())
          .put("state", mail.state())
          .put("sent", StatusLines.utc(mail.sentAt()))
          .put("error", mail.lastError());
    }
  }
}
