package billing.cli;

import billing.store.Run;
import billing.store.Status;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How runs, states and differences read in one line. */
final class StatusLines {

  private StatusLines() {}

  static String run(Run run, ZoneId zone, Instant now) {
    var started = run.startedAt();
    return "%d  %s%s"
        .formatted(
            run.no(),
            Moments.stamp(started, zone)
                + " ("
                + Moments.age(Duration.between(started, now))
                + " ago)",
            run.exitCode() == null ? "" : "  exit " + run.exitCode());
  }

  static String whose(Run run) {
    return "run %d (%s) on %s, pid %d".formatted(run.no(), run.command(), run.host(), run.pid());
  }

  static Table runs(List<Run> runs, ZoneId zone) {
    var table =
        new Table(
            Table.Align.RIGHT,
            Table.Align.LEFT,
            Table.Align.LEFT,
            Table.Align.RIGHT,
            Table.Align.RIGHT,
            Table.Align.RIGHT,
            Table.Align.RIGHT,
            Table.Align.LEFT,
            Table.Align.RIGHT);
    table.row("RUN", "COMMAND", "STARTED", "TOOK", "CHARGED", "DECLINED", "DOUBT", "HOST", "EXIT");
    for (var run : runs) {
      var started = run.startedAt();
      var ended = run.endedAt();
      var figures = figures(run);
      table.row(
          Long.toString(run.no()),
          run.command(),
          Moments.stamp(started, zone),
          ended == null ? "" : Moments.span(Duration.between(started, ended)),
          orNothing(figures.charged()),
          orNothing(figures.declined()),
          orNothing(figures.doubt()),
          run.host(),
          run.exitCode() == null ? "-" : Integer.toString(run.exitCode()));
    }
    return table;
  }

  /** How many attempts of a run ended how; null of one that charges nothing or tells nothing. */
  record Figures(@Nullable Integer charged, @Nullable Integer declined, @Nullable Integer doubt) {}

  /** From the run's own summary. */
  static Figures figures(Run run) {
    if (run.summary() == null || !run.command().equals("charge")) {
      return new Figures(null, null, null);
    }
    var summary = Json.read(run.summary());
    return new Figures(
        count(summary, "SETTLED"), count(summary, "DECLINED"), count(summary, "SENT"));
  }

  private static int count(JsonNode summary, String standing) {
    // As it was written with the row's end, of a run that died over its mails.
    var count = summary.path(standing).asInt();
    for (var total : summary.path("totals")) {
      count += total.path("state").asText().equals(standing) ? total.path("count").asInt() : 0;
    }
    return count;
  }

  static String difference(Console console, Status.OpenDifference difference) {
    return console.alarming("!")
        + " difference %d, %s: %s"
            .formatted(
                difference.id(),
                difference.kind().toLowerCase(Locale.ROOT).replace('_', ' '),
                Table.printable(
                    (difference.invoiceId() == null
                            ? ""
                            : "invoice " + difference.invoiceId() + ", ")
                        + difference.detail()));
  }

  static boolean needsAttention(String standing) {
    return standing.equals("SENT") || standing.equals("REVIEW");
  }

  static String next(Status.Standing standing) {
    return switch (standing.name()) {
      case "PENDING" -> "claimed by the next run";
      case "SENT" -> "asked about by the next run";
      case "SETTLING" ->
          "answer by " + (standing.until() == null ? "its deadline" : utc(standing.until()));
      case "REVIEW" -> "a person: billing show INVOICE";
      case "DECLINED" ->
          "%d tried again on their day, %d not with this payment method"
              .formatted(standing.attempts() - standing.used(), standing.used());
      default -> "";
    };
  }

  static @Nullable String utc(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  private static String orNothing(@Nullable Integer count) {
    return count == null ? "" : count.toString();
  }

  static String orNothing(@Nullable String text) {
    return text == null ? "" : Table.printable(text);
  }
}
