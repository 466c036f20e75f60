package billing.cli;

import billing.model.Attempt;
import billing.rules.FormerRules;
import billing.run.FormerWaiting;
import billing.store.Run;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What waits for a person, each with the commands that decide it. */
final class PersonLines {

  private static final String INDENT = "      ";

  private final Console console;

  PersonLines(Console console) {
    this.console = console;
  }

  /** Differences, attempts in REVIEW, and runs whose letters are held. */
  List<String> all(Undecided undecided) {
    var lines = new ArrayList<String>();
    for (var difference : undecided.differences()) {
      lines.add(StatusLines.difference(console, difference));
      add(lines, Deciding.difference(difference));
    }
    more(lines, undecided.moreDifferences(), "open difference", "open differences");
    for (var review : undecided.reviews()) {
      lines.add(
          "%s REVIEW %s, invoice %s, %s: %s"
              .formatted(
                  console.alarming("!"),
                  review.key(),
                  Table.printable(review.invoiceId()),
                  Amounts.text(review.amount()),
                  StatusLines.orNothing(review.evidence())));
      add(lines, Deciding.review(review.key(), review.transactionId()));
    }
    more(lines, undecided.moreReviews(), "attempt in REVIEW", "attempts in REVIEW");
    for (var run : undecided.held()) {
      lines.add(console.alarming("!") + " run " + run.no() + " " + held(run));
      add(lines, Deciding.declines(run.no()));
    }
    more(lines, undecided.moreHeld(), "held run", "held runs");
    return lines;
  }

  private static void more(List<String> lines, int more, String one, String many) {
    if (more > 0) {
      lines.add(
          "    ... %d more %s        (up to %d of them: billing status -v, or --json)"
              .formatted(more, more == 1 ? one : many, Undecided.ALL));
    }
  }

  /** The same of the first ones, and how many more there are. */
  List<String> former(FormerWaiting former) {
    var lines = former(former.first());
    more(
        lines,
        former.count() - former.first().size(),
        "attempt of a former account",
        "attempts of a former account");
    return lines;
  }

  /** Attempts of a former account that keep their invoices waiting. */
  List<String> former(List<Attempt> elsewhere) {
    var lines = new ArrayList<String>();
    for (var attempt : elsewhere) {
      lines.add(
          "%s invoice %s waits: nobody answered a send of %s, and %s is not asked any more; look on"
                  .formatted(
                      console.alarming("!"),
                      Table.printable(attempt.order().invoiceId()),
                      attempt.key(),
                      Table.printable(FormerRules.whose(attempt.order())))
              + " its own pages, then one of");
      add(lines, Deciding.review(attempt.key().value(), null));
    }
    return lines;
  }

  private static String held(Run run) {
    return switch (run.holds()) {
      case LETTERS ->
          "found that the database had gone back: what waited in its outbox may have been told"
              + " before";
      case DECLINES -> "ended by too many declines: their customers are not told yet";
    };
  }

  static void add(List<String> lines, List<String> commands) {
    commands.forEach(command -> lines.add(INDENT + Table.printable(command)));
  }

  /** The twin of {@link #all} for programs. */
  static void put(ObjectNode document, Undecided undecided) {
    var open = document.putArray("open_differences");
    for (var difference : undecided.differences()) {
      var node =
          open.addObject()
              .put("id", difference.id())
              .put("kind", difference.kind())
              .put("subject", difference.subject())
              .put("invoice", difference.invoiceId())
              .put("run", difference.run())
              .put("detail", difference.detail());
      put(node, Deciding.difference(difference));
    }
    var inReview = document.putArray("in_review");
    for (var review : undecided.reviews()) {
      var node =
          inReview
              .addObject()
              .put("key", review.key())
              .put("invoice", review.invoiceId())
              .put("amount", review.amount().major().toPlainString())
              .put("currency", review.amount().currency().code())
              .put("transaction", review.transactionId())
              .put("evidence", review.evidence());
      put(node, Deciding.review(review.key(), review.transactionId()));
    }
    var runs = document.putArray("held_runs");
    for (var run : undecided.held()) {
      var node = runs.addObject().put("run", run.no());
      put(
          node.put("holds", run.holds().name().toLowerCase(Locale.ROOT)),
          Deciding.declines(run.no()));
    }
    document
        .putObject("not_listed")
        .put("open_differences", undecided.moreDifferences())
        .put("in_review", undecided.moreReviews())
        .put("held_runs", undecided.moreHeld());
  }

  static void put(ArrayNode items, List<Attempt> elsewhere) {
    for (var attempt : elsewhere) {
      var key = attempt.key().value();
      put(
          items.addObject().put("invoice", attempt.order().invoiceId()).put("key", key),
          Deciding.review(key, null));
    }
  }

  /** Their twin for programs: a field {@code decide} with the commands. */
  static void put(ObjectNode item, List<String> commands) {
    var decide = item.putArray("decide");
    commands.forEach(decide::add);
  }
}
