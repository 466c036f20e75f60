package billing.cli;

import billing.model.ChargeKey;
import billing.run.ChargeReport;
import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attempts that a run leaves in doubt, each with the time from which a question may tell more. */
final class DoubtLines {

  private DoubtLines() {}

  static List<String> of(ChargeReport report, ZoneId zone) {
    if (report.doubts().isEmpty()) {
      return List.of();
    }
    var table =
        new Table(
            Table.Align.LEFT,
            Table.Align.LEFT,
            Table.Align.POINT,
            Table.Align.LEFT,
            Table.Align.LEFT,
            Table.Align.LEFT);
    table.row("INVOICE", "KEY", "AMOUNT", "SENT AT", "ASK AGAIN FROM", "LAST ANSWER");
    for (var doubt : report.doubts()) {
      var from = askAgainFrom(report, doubt);
      table.row(
          doubt.invoiceId(),
          doubt.key(),
          Amounts.text(doubt.amount()),
          doubt.sentAt() == null ? "" : Moments.clock(doubt.sentAt(), zone),
          // It may be tomorrow: a gateway that stored a failure is asked for a day.
          from == null ? "now" : Moments.stamp(from, zone),
          StatusLines.orNothing(doubt.evidence()));
    }
    return table.lines("    ");
  }

  /** Their twin for programs. */
  static void put(ObjectNode document, ChargeReport report) {
    var doubts = document.putArray("doubts");
    for (var doubt : report.doubts()) {
      doubts
          .addObject()
          .put("invoice", doubt.invoiceId())
          .put("key", doubt.key())
          .put("amount", doubt.amount().major().toPlainString())
          .put("currency", doubt.amount().currency().code())
          .put("sent", StatusLines.utc(doubt.sentAt()))
          .put("ask_again_from", StatusLines.utc(askAgainFrom(report, doubt)))
          .put("evidence", doubt.evidence());
    }
  }

  private static @Nullable Instant askAgainFrom(ChargeReport report, Status.Waiting doubt) {
    return report.askAgainFrom().get(new ChargeKey(doubt.key()));
  }
}
