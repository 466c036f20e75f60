package billing.cli;

import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.Locale;

/** A difference, and what became of it. */
final class DifferenceLines {

  private DifferenceLines() {}

  /** One that is open. */
  static String of(Console console, Status.AnyDifference open) {
    return "%s difference %d, %s: %s"
        .formatted(console.alarming("!"), open.id(), kind(open), Table.printable(open.detail()));
  }

  /** Whatever became of it. */
  static String of(Console console, Status.AnyDifference difference, ZoneId zone) {
    var opened = difference.openedAt();
    if (difference.state().equals("OPEN")) {
      return of(console, difference)
          + (opened == null ? "" : "; since " + Moments.stamp(opened, zone));
    }
    var closed = difference.closedAt();
    var by = difference.closedBy();
    return "  difference %d, %s: %s; %s%s%s"
        .formatted(
            difference.id(),
            kind(difference),
            Table.printable(difference.detail()),
            difference.state(),
            closed == null ? "" : " " + Moments.stamp(closed, zone),
            by == null
                ? ""
                : Table.printable(" by " + by + " (run " + difference.run() + "): ")
                    + StatusLines.orNothing(difference.because()));
  }

  private static String kind(Status.AnyDifference difference) {
    return difference.kind().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static void put(ObjectNode node, Status.AnyDifference difference) {
    node.put("id", difference.id())
        .put("kind", difference.kind())
        .put("subject", difference.subject())
        .put("invoice", difference.invoiceId())
        .put("state", difference.state())
        .put("detail", difference.detail())
        .put("opened", StatusLines.utc(difference.openedAt()))
        .put("closed", StatusLines.utc(difference.closedAt()))
        .put("closed_by", difference.closedBy())
        .put("because", difference.because());
    if (difference.state().equals("OPEN")) {
      PersonLines.put(node, Deciding.difference(difference));
    }
  }
}
