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
import picocli.CommandLine.Parameters;

/** {@code billing show INVOICE}. */
@Command(
    name = "show",
    description = {
      "Tells one invoice's whole story: each attempt, what happened to it and on what evidence.",
      "Asks the database only, and changes nothing."
    })
final class ShowCommand implements Subcommand {

  @Parameters(paramLabel = "INVOICE", description = "The invoice's id, as in the app.")
  private String invoice = "";

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
      if (invocation.json()) {
        Json.print(invocation.console().out(), document(story, status, differences));
      } else {
        story.forEach(chapter -> print(chapter, status, settings.charge().zone()));
        differences.forEach(difference -> print(difference, settings.charge().zone()));
      }
      return ExitCode.DONE;
    }
  }

  private void print(Chapter chapter, Status status, ZoneId zone) {
    var out = invocation.console().out();
    var attempt = chapter.attempt();
    out.printf(
        "invoice %s  attempt %d  key %s  %s  %s%n%n",
        invoice,
        attempt.order().attemptNo(),
        attempt.key(),
        Amounts.text(attempt.order().amount()),
        invocation.console().strong(attempt.state().name()));
    var table = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
    for (var happening : chapter.happenings()) {
      table.row(
          Moments.stamp(happening.at(), zone),
          transition(happening),
          who(happening),
          StatusLines.orNothing(happening.evidence()));
    }
    table.lines("  ").forEach(out::println);
    status.mails(attempt.key().value()).forEach(mail -> out.println(line(mail, zone)));
    if (chapter.retryOn() != null && attempt.state() == AttemptState.DECLINED) {
      out.println("  tried again on " + chapter.retryOn() + " if it is still due");
    }
    if (attempt.state() == AttemptState.REVIEW) {
      out.println(invocation.console().alarming("!") + " it waits for a person's decision");
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

  private void print(Status.PastDifference difference, ZoneId zone) {
    invocation
        .console()
        .out()
        .printf(
            "%s difference %d, %s, %s%s: %s%n",
            difference.state().equals("OPEN") ? "!" : " ",
            difference.id(),
            difference.kind(),
            difference.state(),
            difference.openedAt() == null
                ? ""
                : " since " + Moments.stamp(difference.openedAt(), zone),
            Table.printable(difference.detail()));
  }

  private ObjectNode document(
      List<Chapter> story, Status status, List<Status.PastDifference> differences) {
    var document = Json.document("show", ExitCode.DONE).put("invoice", invoice);
    var attempts = document.putArray("attempts");
    story.forEach(chapter -> add(attempts.addObject(), chapter, status));
    var found = document.putArray("differences");
    for (var difference : differences) {
      found
          .addObject()
          .put("id", difference.id())
          .put("kind", difference.kind())
          .put("state", difference.state())
          .put("detail", difference.detail());
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
        .put("sends", attempt.sends().letters());
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
          .put("sent", StatusLines.utc(mail.sentAt()));
    }
  }
}
