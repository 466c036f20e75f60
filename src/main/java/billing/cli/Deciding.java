package billing.cli;

import billing.model.DifferenceKind;
import billing.rules.Choices;
import billing.rules.Choices.Choice;
import billing.rules.ElsewhereRules;
import billing.store.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The commands with which a person decides, complete but for the reason. */
final class Deciding {

  private static final String BECAUSE = " --because TEXT";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:/+@%=-]+");

  private Deciding() {}

  static List<String> difference(Status.OpenDifference open) {
    return difference(open.id(), open.kind(), open.subject(), open.judged(), open.invoiceId());
  }

  static List<String> difference(Status.AnyDifference open) {
    return difference(open.id(), open.kind(), open.subject(), open.judged(), open.invoiceId());
  }

  private static List<String> difference(
      long id, String kind, String subject, boolean judged, @Nullable String invoiceId) {
    var commands = new ArrayList<String>();
    for (var choice : Choices.of(DifferenceKind.valueOf(kind), subject, judged)) {
      if (choice == Choice.CHARGE_AGAIN) {
        if (invoiceId != null) {
          commands.add(
              "billing resolve --invoice " + word(invoiceId) + " --charge-again" + BECAUSE);
        }
      } else {
        commands.add("billing resolve --difference " + id + option(choice, subject) + BECAUSE);
      }
    }
    return commands;
  }

  private static String option(Choice choice, String subject) {
    return switch (choice) {
      case ACCEPT -> " --accept";
      case CHARGE_IT -> " --charge-it";
      case ALREADY_PAID -> " --already-paid " + word(ElsewhereRules.transaction(subject));
      case BOOK -> " --book";
      case CHARGE_AGAIN -> " --charge-again";
    };
  }

  /**
   * @param transactionId the gateway's, where it is known
   */
  static List<String> review(String key, @Nullable String transactionId) {
    var transaction = transactionId == null ? "TXN" : word(transactionId);
    return List.of(
        "billing resolve " + key + " --settled " + transaction + BECAUSE,
        "billing resolve " + key + " --not-charged" + BECAUSE);
  }

  /** For a run whose letters are held: it ended by too many declines, or cured a database. */
  static List<String> declines(long run) {
    return List.of(
        "billing resolve --run " + run + " --tell" + BECAUSE,
        "billing resolve --run " + run + " --void" + BECAUSE);
  }

  /** The text as one word of a shell. */
  static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
