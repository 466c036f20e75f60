package billing.cli;

import billing.gateway.TransactionId;
import billing.model.ChargeKey;
import billing.rules.UnaskedRules;
import billing.run.ResolveOrder;
import billing.run.ResolveOrder.Form;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The forms of {@code billing resolve}, of which each call has exactly one. */
final class ResolveForms {

  @Parameters(
      paramLabel = "KEY",
      arity = "0..1",
      description = "An attempt's charge key, as status and show print it.")
  private @Nullable String key;

  @Option(
      names = "--settled",
      paramLabel = "TXN",
      description = "KEY was charged, by this transaction of the gateway: it is booked.")
  private @Nullable String settled;

  @Option(
      names = "--not-charged",
      description = "KEY charged nothing (or was refunded): its invoice may be charged again.")
  private boolean notCharged;

  @Option(
      names = UnaskedRules.OPTION,
      description =
          "With --settled, --not-charged or --accept: the gateway refuses the account, which was"
              + " closed, so your word does alone. docs/cutover.md")
  private boolean althoughRefused;

  @Option(names = "--invoice", paramLabel = "ID", description = "An invoice that was charged.")
  private @Nullable String invoice;

  @Option(
      names = "--charge-again",
      description = "The invoice is charged once more, by the next run, if it is due then.")
  private boolean chargeAgain;

  @Option(
      names = "--although-not-refunded",
      description = "With --charge-again: although the first charge stands.")
  private boolean although;

  @Option(names = "--difference", paramLabel = "ID", description = "A difference, by its number.")
  private @Nullable Long difference;

  @Option(names = "--accept", description = "It stays as it is; no money moves because of that.")
  private boolean accept;

  @Option(
      names = "--charge-it",
      description =
          "What was charged elsewhere was for something else, or what made the gateway refuse the"
              + " order is mended: the invoice is charged, if it is due.")
  private boolean chargeIt;

  @Option(
      names = "--already-paid",
      paramLabel = "TXN",
      description = "This transaction from elsewhere paid the invoice: it is adopted and booked.")
  private @Nullable String alreadyPaid;

  @Option(
      names = "--book",
      description = "What is SETTLED is written into the app's books, which have lost it.")
  private boolean book;

  @Option(
      names = "--run",
      paramLabel = "N",
      description =
          "A run that ended by too many declines (charge.max-declines), or that cured a restored"
              + " database and holds its letters.")
  private @Nullable Long run;

  @Option(
      names = "--tell",
      description = "Its declines count, its letters go: their customers are told.")
  private boolean tell;

  @Option(
      names = "--void",
      description = "Its declines do not count, its letters are void: nobody is told.")
  private boolean voids;

  /** Which thing each decision is about. */
  private static final Map<String, String> ABOUT =
      Map.of(
          "--settled", "KEY",
          "--not-charged", "KEY",
          "--charge-again", "--invoice ID",
          "--accept", "--difference ID",
          "--charge-it", "--difference ID",
          "--already-paid", "--difference ID",
          "--book", "--difference ID",
          "--tell", "--run N",
          "--void", "--run N");

  /**
   * The one form.
   *
   * @throws OperatorError where it is none, more than one, or a mixture
   */
  Form form() {
    var about =
        one(
            things(),
            "name what is to be decided, one of KEY, --invoice ID, --difference"
                + " ID and --run N");
    var decision = one(decisions(), "say what is decided, one of " + offered(about));
    if (!about.equals(ABOUT.get(decision))) {
      throw wrong("%s is said of %s, not of %s".formatted(decision, ABOUT.get(decision), about));
    }
    if (although && !chargeAgain) {
      throw wrong("--although-not-refunded goes with --charge-again alone");
    }
    var form = form(decision);
    return althoughRefused ? unasked(form, decision) : form;
  }

  private static Form unasked(Form form, String decision) {
    if (form instanceof ResolveOrder.Pinning pinning) {
      return new ResolveOrder.OnOneWord(pinning);
    }
    throw wrong(
        UnaskedRules.OPTION
            + " goes with --settled, --not-charged and --accept alone: "
            + decision
            + " waits until another account is enrolled");
  }

  private Form form(String decision) {
    return switch (decision) {
      case "--settled" -> new ResolveOrder.Settled(chargeKey(), transaction("--settled", settled));
      case "--not-charged" -> new ResolveOrder.NotCharged(chargeKey());
      case "--charge-again" -> new ResolveOrder.ChargeAgain(text(invoice), although);
      case "--accept" -> new ResolveOrder.Accept(number(difference));
      case "--charge-it" -> new ResolveOrder.ChargeIt(number(difference));
      case "--already-paid" ->
          new ResolveOrder.AlreadyPaid(
              number(difference), transaction("--already-paid", alreadyPaid));
      case "--book" -> new ResolveOrder.Book(number(difference));
      case "--tell" -> new ResolveOrder.Declines(number(run), true);
      case "--void" -> new ResolveOrder.Declines(number(run), false);
      default -> throw new IllegalStateException(decision);
    };
  }

  private List<String> things() {
    var given = new LinkedHashMap<String, Boolean>();
    given.put("KEY", key != null);
    given.put("--invoice ID", invoice != null);
    given.put("--difference ID", difference != null);
    given.put("--run N", run != null);
    return names(given);
  }

  private List<String> decisions() {
    var given = new LinkedHashMap<String, Boolean>();
    given.put("--settled", settled != null);
    given.put("--not-charged", notCharged);
    given.put("--charge-again", chargeAgain);
    given.put("--accept", accept);
    given.put("--charge-it", chargeIt);
    given.put("--already-paid", alreadyPaid != null);
    given.put("--book", book);
    given.put("--tell", tell);
    given.put("--void", voids);
    return names(given);
  }

  private static List<String> names(Map<String, Boolean> given) {
    return given.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  private static String one(List<String> given, String needed) {
    if (given.size() > 1) {
      throw wrong("one decision at a time, not " + String.join(" and ", given));
    }
    if (given.isEmpty()) {
      throw wrong(needed);
    }
    return given.getFirst();
  }

  private static String offered(String about) {
    return String.join(
        ", ",
        ABOUT.entrySet().stream()
            .filter(entry -> entry.getValue().equals(about))
            .map(Map.Entry::getKey)
            .sorted()
            .toList());
  }

  private ChargeKey chargeKey() {
    try {
      return new ChargeKey(text(key));
    } catch (IllegalArgumentException e) {
      throw new OperatorError(
          ExitCode.USAGE,
          Table.printable(text(key)) + " has not the form of a charge key",
          "billing show INVOICE, which names the keys");
    }
  }

  private static String transaction(String option, @Nullable String id) {
    if (id == null || !TransactionId.isOne(id)) {
      throw wrong(option + " wants the gateway's id of a transaction");
    }
    return id;
  }

  private static long number(@Nullable Long given) {
    return given == null ? 0 : given;
  }

  private static String text(@Nullable String given) {
    return given == null ? "" : given;
  }

  private static OperatorError wrong(String message) {
    return new OperatorError(ExitCode.USAGE, message, "billing resolve --help");
  }
}
