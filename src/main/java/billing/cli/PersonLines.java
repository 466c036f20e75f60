package billing.cli;

import billing.store.Run;
import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What waits for a person, each with the commands that decide it. */
final class PersonLines {

  private static final String INDENT = "      ";

  private final Console console;

  PersonLines(Console console) {
    this.console = console;
  }

  /** Differences, attempts in REVIEW, and runs whose letters are held. */
  List<String> all(
      List<Status.OpenDifference> differences, List<Status.Waiting> reviews, List<Run> held) {
    var lines = new ArrayList<String>();
    for (var difference : differences) {
      lines.add(StatusLines.difference(console, difference));
      add(lines, Deciding.difference(difference));
    }
    for (var review : reviews) {
      lines.add(
          "%s REVIEW %s, invoice %s, %s %s: %s"
              .formatted(
                  console.alarming("!"),
                  review.key(),
                  Table.printable(review.invoiceId()),
                  review.amount().stripTrailingZeros().toPlainString(),
                  review.currency(),
                  StatusLines.orNothing(review.evidence())));
      add(lines, Deciding.review(review.key(), review.transactionId()));
    }
    for (var run : held) {
      lines.add(console.alarming("!") + " run " + run.no() + " " + held(run));
      add(lines, Deciding.declines(run.no()));
    }
    return lines;
  }

  private static String held(Run run) {
    return run.isCure()
        ? "cured a database that went back: what waited in its outbox may have been told before"
        : "ended by too many declines: their customers are not told yet";
  }

  static void add(List<String> lines, List<String> commands) {
    commands.forEach(command -> lines.add(INDENT + Table.printable(command)));
  }

  /** Their twin for programs: a field {@code decide} with the commands. */
  static void put(ObjectNode item, List<String> commands) {
    var decide = item.putArray("decide");
    commands.forEach(decide::add);
  }
}
