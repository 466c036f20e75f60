package billing.cli;

import billing.model.Admission.Reason;
import billing.model.Currency;
import billing.model.Money;
import billing.rules.Finding;
import billing.run.ChargeReport;
import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A run's report: what cron mails, and its twin for programs. */
final class ChargeLines {

  private static final String WHOSE_TURN = "! ";

  private final Console console;
  private final ChargeReport report;
  private final ZoneId zone;

  ChargeLines(Console console, ChargeReport report, ZoneId zone) {
    this.console = console;
    this.report = report;
    this.zone = zone;
  }

  void print(PrintStream out) {
    if (nothingHappened()) {
      out.printf("billing charge  run %d on %s: nothing was due.%n", report.run(), report.host());
      return;
    }
    out.printf(
        "billing charge  run %d on %s  %s  took %s%n%n",
        report.run(),
        report.host(),
        Moments.stamp(report.startedAt(), zone),
        Moments.span(report.took()));
    figures().lines("").forEach(out::println);
    details().forEach(out::println);
    var doubts = DoubtLines.of(report, zone);
    if (!doubts.isEmpty()) {
      out.println();
      doubts.forEach(out::println);
    }
    var lines = new PersonLines(console);
    var person = lines.all(Undecided.of(report));
    person.addAll(lines.former(report.elsewhere()));
    if (!person.isEmpty()) {
      out.println();
      person.forEach(out::println);
    }
    var left = report.left();
    if (left != null) {
      WaitingLines.of(console, left, zone).forEach(out::println);
    }
    report.trouble().forEach(line -> out.println(console.alarming("!") + " " + line));
    out.println(verdict());
  }

  private boolean nothingHappened() {
    return report.figures().isEmpty()
        && report.findings().isEmpty()
        && report.recovered() == 0
        && leftAlone().isEmpty()
        && report.notDue().isEmpty()
        && (report.mail() == null || !MailLine.isNews(report.mail()));
  }

  private Table figures() {
    var table =
        new Table(
            Table.Align.LEFT,
            Table.Align.RIGHT,
            Table.Align.LEFT,
            Table.Align.POINT,
            Table.Align.LEFT);
    for (var standing :
        List.of("SETTLED", "DECLINED", "SETTLING", "SENT", "REVIEW", "PENDING", "CANCELLED")) {
      for (var figure : report.figures()) {
        if (figure.standing().equals(standing)) {
          table.row(
              "%-12s".formatted(title(standing)), // as wide as the labels of the lines below
              Integer.toString(figure.attempts()),
              figure.attempts() == 1 ? "invoice" : "invoices",
              Amounts.text(money(figure)),
              remark(figure));
        }
      }
    }
    return table;
  }

  private static String title(String standing) {
    return switch (standing) {
      case "SETTLED" -> "  charged";
      case "DECLINED" -> "  declined";
      case "SETTLING" -> "  settling";
      case "SENT" -> WHOSE_TURN + "in doubt";
      case "REVIEW" -> WHOSE_TURN + "in review";
      case "PENDING" -> "  waiting";
      default -> "  cancelled";
    };
  }

  private static String remark(Status.Figure figure) {
    return switch (figure.standing()) {
      case "DECLINED" -> retries(figure);
      case "SETTLING" -> "the gateway decides by " + figure.until();
      case "SENT" -> "sent, no answer yet";
      case "REVIEW" -> "a person decides";
      case "PENDING" -> "not sent yet, the next run goes on";
      case "CANCELLED" -> "no longer due, or refused by the gateway";
      default -> "";
    };
  }

  private static String retries(Status.Figure figure) {
    var never = figure.attempts() - figure.retried();
    if (figure.nextRetry() == null) {
      return "none is tried again with the same payment method";
    }
    return never == 0
        ? "next try " + figure.nextRetry()
        : "next try %s: %d, none with the same payment method: %d"
            .formatted(figure.nextRetry(), figure.retried(), never);
  }

  /** What is under way is among the figures, and what was not asked for is no news. */
  private Map<Reason, Long> leftAlone() {
    var left = new EnumMap<Reason, Long>(Reason.class);
    left.putAll(report.skipped());
    left.remove(Reason.LIVE);
    left.remove(Reason.NOT_CHOSEN);
    return left;
  }

  private List<String> details() {
    var lines = new ArrayList<String>();
    leftAlone()
        .forEach((reason, count) ->
            lines.add("  left alone  " + Moments.counted(count, "invoice") + ": " + why(reason)));
    if (!report.notDue().isEmpty()) {
      lines.add(
          "  not due     "
              + String.join(", ", report.notDue().stream().sorted().map(Table::printable).toList())
              + ": not due on "
              + report.asOf()
              + ", or not there");
    }
    if (report.recovered() > 0) {
      lines.add(
          "  recovered   %s of earlier runs: %d are charged and booked, %d ended otherwise"
              .formatted(
                  Moments.counted(report.recovered(), "attempt"),
                  report.recoveredCharged(),
                  report.recovered() - report.recoveredCharged()));
    }
    lines.addAll(ComparedLines.ofNight(console, report.comparison()));
    var mail = report.mail();
    if (mail != null && MailLine.isNews(mail)) {
      lines.add("  mail        " + MailLine.of(mail));
    }
    return lines;
  }

  static String why(Reason reason) {
    return switch (reason) {
      case LIVE -> "an attempt is under way, or waits for a person";
      case BLOCKED -> "a difference about it is open";
      case RETRY_DAY -> "declined, and its day has not come";
      case HARD_DECLINED -> "declined for good, until the payment method changes";
      case RETRIES_USED_UP -> "declined on its last day, until the payment method changes";
      case NO_PAYMENT_METHOD -> "the app has no payment method for it";
      case NOT_CHOSEN -> "not among those of --invoice";
    };
  }

  private String verdict() {
    var exit = report.exitCode();
    if (exit == 0) {
      return "Done. Every due invoice is accounted for.";
    }
    var findings = report.findings().stream().sorted().toList();
    var reasons = String.join("; ", findings.stream().map(Finding::text).toList());
    var next =
        String.join(
            "",
            findings.stream().map(NextCommand::of).distinct().map("\n    try: "::concat).toList());
    return "%s: %s. Nothing was sent twice.%s\n(exit %d)"
        .formatted(exit == 9 ? "Done, but" : "Not finished", reasons, next, exit);
  }

  private static Money money(Status.Figure figure) {
    return new Money(figure.minor(), Currency.of(figure.currency()).orElseThrow());
  }

  ObjectNode document(ExitCode exit) {
    var document =
        Json.document("charge", exit)
            .put("run", report.run())
            .put("host", report.host())
            .put("as_of", report.asOf().toString())
            .put("started", report.startedAt().toString())
            .put("took_ms", report.took().toMillis());
    var totals = document.putArray("totals");
    for (var figure : report.figures()) {
      totals
          .addObject()
          .put("state", figure.standing())
          .put("currency", figure.currency())
          .put("count", figure.attempts())
          .put("amount", money(figure).major().toPlainString())
          .put("minor", figure.minor());
    }
    var skipped = document.putObject("left_alone");
    report.skipped().forEach((reason, count) -> skipped.put(reason.name(), count));
    var notDue = document.putArray("not_due");
    report.notDue().stream().sorted().forEach(notDue::add);
    document
        .put("recovered", report.recovered())
        .put("recovered_charged", report.recoveredCharged());
    var mail = report.mail();
    if (mail != null) {
      MailLine.put(document.putObject("mail"), mail);
    }
    var compared = report.comparison();
    if (compared != null) {
      document
          .putObject("compared")
          .put("transactions", compared.transactions())
          .put("complete", compared.complete())
          .put("late", compared.late())
          .put("differences", compared.differences());
    }
    DoubtLines.put(document, report);
    PersonLines.put(document, Undecided.of(report));
    PersonLines.put(document.putArray("former_account"), report.elsewhere());
    var left = report.left();
    if (left != null) {
      WaitingLines.put(document, left);
    }
    Json.lines(document, "trouble", report.trouble());
    EndLines.put(document, exit, report.findings(), NextCommand::of);
    return document;
  }
}
