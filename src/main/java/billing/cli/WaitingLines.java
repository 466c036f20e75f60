package billing.cli;

import billing.store.Leftovers.Left;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Due invoices that a run leaves uncharged, though nothing ended it: how many, which, and why. */
final class WaitingLines {

  private WaitingLines() {}

  static List<String> of(Console console, Left left, ZoneId zone) {
    var lines = new ArrayList<String>();
    if (left.total() == 0) {
      return lines;
    }
    lines.add(
        "%s %s not charged yet and waiting%s:"
            .formatted(
                console.alarming("!"),
                Moments.counted(left.total(), "due invoice"),
                left.locked() == 0 ? "" : ", kept locked by the app: " + left.locked()));
    var table =
        new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT)
            .row("INVOICE", "KEY", "NOT BEFORE", "WHY");
    for (var one : left.first()) {
      table.row(
          one.invoiceId(),
          one.key(),
          one.notBefore() == null ? "" : Moments.clock(one.notBefore(), zone),
          one.why() == null ? "its turn did not come" : one.why());
    }
    lines.addAll(table.lines("    "));
    if (left.total() > left.first().size()) {
      lines.add("    and %d more".formatted(left.total() - left.first().size()));
    }
    return lines;
  }

  static void put(ObjectNode document, Left left) {
    var node =
        document.putObject("waiting").put("count", left.total()).put("locked", left.locked());
    var first = node.putArray("first");
    for (var one : left.first()) {
      first
          .addObject()
          .put("invoice", one.invoiceId())
          .put("key", one.key())
          .put("not_before", StatusLines.utc(one.notBefore()))
          .put("why", one.why());
    }
  }
}
