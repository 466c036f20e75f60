package billing.cli;

import billing.model.ChargeKey;
import billing.model.Difference;
import billing.run.ComparisonReport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a comparison with the gateway saw and did, and its twin for programs. */
final class ComparedLines {

  private static final int SHOWN = 20;

  private final Console console;
  private final ZoneId zone;

  ComparedLines(Console console, ZoneId zone) {
    this.console = console;
    this.zone = zone;
  }

  /** What the summary of a charge says of its comparison: nothing where all was well. */
  static List<String> ofNight(Console console, @Nullable ComparisonReport report) {
    var lines = new ArrayList<String>();
    if (report != null && report.late() + report.closed() > 0) {
      lines.add(
          "  compared    %s with the gateway: %d booked that were approved late, %s closed"
              .formatted(
                  Moments.counted(report.transactions(), "transaction"),
                  report.late(),
                  Moments.counted(report.closed(), "difference")));
    }
    if (report != null) {
      Stream.concat(
              report.forgotten().stream().map(key -> "not known here: " + key),
              report.foreign().stream())
          .limit(SHOWN)
          .forEach(line -> lines.add(console.alarming("!") + " " + Table.printable(line)));
    }
    return lines;
  }

  /**
   * What it saw and did.
   *
   * @param dryRun whether it only looked
   */
  List<String> of(ComparisonReport report, boolean dryRun) {
    var lines = new ArrayList<String>();
    lines.add(
        "  compared    %s on %s since %s"
            .formatted(
                Moments.counted(report.transactions(), "transaction"),
                Moments.counted(report.pages(), "page"),
                Moments.stamp(report.from(), zone)));
    if (!report.adopted().isEmpty()) {
      lines.add(
          "  adopted     %s that the database had forgotten: %s"
              .formatted(
                  Moments.counted(report.adopted().size(), "charge"),
                  some(report.adopted().stream().map(Object::toString).toList())));
    }
    if (!report.forgotten().isEmpty()) {
      lines.add(
          "  %s %s".formatted(dryRun ? "would adopt" : "forgotten  ", some(report.forgotten())));
    }
    report.foreign().stream().limit(SHOWN).forEach(line -> lines.add(alarm("foreign: " + line)));
    if (report.late() > 0) {
      lines.add(
          "  late        %s %s after its attempt had ended"
              .formatted(
                  Moments.counted(report.late(), "charge"),
                  dryRun ? "would be booked, approved" : "booked, approved"));
    }
    if (report.differences() + report.closed() > 0) {
      var found = "  differences %d found".formatted(report.differences());
      lines.add(
          dryRun
              ? found
              : "%s, %d of them new; %d closed by themselves"
                  .formatted(found, report.opened(), report.closed()));
    }
    return lines;
  }

  private static String some(List<String> names) {
    var shown = String.join(", ", names.stream().limit(SHOWN).map(Table::printable).toList());
    return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
  }

  /** The differences themselves, which a run has by their numbers. */
  List<String> found(ComparisonReport report) {
    var lines = new ArrayList<String>();
    report.found().stream().limit(SHOWN).forEach(one -> lines.add(difference(one)));
    var more = report.differences() - lines.size();
    if (more > 0) {
      lines.add("    ... %d more        (up to 100 of them: --json)".formatted(more));
    }
    return lines;
  }

  private String difference(Difference one) {
    return alarm(
        "%s: %s%s"
            .formatted(
                one.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                one.invoiceId() == null ? "" : "invoice " + one.invoiceId() + ", ",
                one.detail()));
  }

  private String alarm(String line) {
    return console.alarming("!") + " " + Table.printable(line);
  }

  /**
   * Their twin for programs.
   *
   * @param dryRun what is new, and what would close, nobody knows then
   */
  static void put(ObjectNode document, ComparisonReport report, boolean dryRun) {
    var compared =
        document
            .putObject("compared")
            .put("from", report.from().toString())
            .put("until", report.until().toString())
            .put("transactions", report.transactions())
            .put("pages", report.pages())
            .put("complete", report.complete())
            .put("late", report.late())
            .put("differences", report.differences())
            .put("opened", dryRun ? null : (Integer) report.opened())
            .put("closed", dryRun ? null : (Integer) report.closed());
    Json.lines(compared, "adopted", report.adopted().stream().map(ChargeKey::value).toList());
    Json.lines(compared, "forgotten", report.forgotten());
    Json.lines(compared, "foreign", report.foreign());
    var found = compared.putArray("found");
    for (var one : report.found()) {
      found
          .addObject()
          .put("kind", one.kind().name())
          .put("subject", one.subject())
          .put("invoice", one.invoiceId())
          .put("detail", one.detail());
    }
    Json.lines(compared, "trouble", report.trouble());
  }
}
