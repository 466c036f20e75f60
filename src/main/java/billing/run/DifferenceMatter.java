package billing.run;

import billing.gateway.Gateway;
import billing.model.ChargeKey;
import billing.model.DifferenceKind;
import billing.rules.AcceptRules;
import billing.rules.Choices;
import billing.rules.Choices.Choice;
import billing.rules.Resolution;
import billing.rules.Resolution.Allowed;
import billing.rules.ResolveRules;
import billing.store.AttemptReader;
import billing.store.Database;
import billing.store.Decisions;
import billing.store.Decisions.Kind;
import billing.store.Installation;
import billing.store.Resolutions;
import billing.store.Status;
import java.time.LocalDate;
import java.time.Period;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a person says of a difference, other than that it paid the invoice. */
final class DifferenceMatter implements Matter {

  private static final String NOT_ASKED = "not asked";

  /** By then every invoice that is open is due. */
  private static final Period EVER = Period.ofYears(10);

  private final Database database;
  private final Gateway gateway;
  private final Installation installation;
  private final LocalDate today;
  private final long id;
  private final Choice choice;
  private final String because;
  private Status.@Nullable AnyDifference difference;

  /**
   * @param today on which an invoice is due, in the business's time zone
   */
  DifferenceMatter(
      Database database,
      Gateway gateway,
      Installation installation,
      LocalDate today,
      long id,
      Choice choice,
      String because) {
    this.database = database;
    this.gateway = gateway;
    this.installation = installation;
    this.today = today;
    this.id = id;
    this.choice = choice;
    this.because = because;
  }

  @Override
  public Optional<String> before() {
    var found =
        new Status(database)
            .difference(id)
            .orElseThrow(
                () -> Verdicts.unknown("difference " + id, "billing status, which lists them"));
    difference = found;
    if (!found.state().equals("OPEN") && !isKeptBack(found)) {
      return Optional.of(closed(database, found, kind(choice)));
    }
    var choices = Choices.of(DifferenceKind.valueOf(found.kind()), found.subject(), found.judged());
    if (!choices.contains(choice)) {
      throw Verdicts.refused(
          "difference %d is %s, of which %s cannot be said"
              .formatted(id, words(found.kind()), option(choice)),
          choices.isEmpty()
              ? "mend what it names; the next run goes on with it by itself"
              : choices.stream()
                  .map(DifferenceMatter::option)
                  .collect(Collectors.joining(", or ", "it is for ", "")));
    }
    return Optional.empty();
  }

  /**
   * That it was decided so before.
   *
   * @throws RunRefused where it was decided otherwise, or went by itself
   */
  static String closed(Database database, Status.AnyDifference closed, Kind kind) {
    var about = "difference " + closed.id();
    var made =
        new Decisions(database)
            .latest(
                List.of(Kind.ACCEPT, Kind.CHARGE_IT, Kind.ALREADY_PAID, Kind.BOOK),
                Long.toString(closed.id()))
            .orElseThrow(() ->
                Verdicts.refused(
                    about
                        + " is open no more"
                        + (closed.because() == null ? "" : ": " + closed.because()),
                    closed.invoiceId() == null
                        ? "billing status"
                        : "billing show " + closed.invoiceId()));
    var what =
        "%s is decided already, %s by %s at %s: %s"
            .formatted(about, option(made.kind()), made.byUser(), made.at(), made.because());
    if (made.kind() != kind) {
      throw Verdicts.refused(what, "billing status");
    }
    return what;
  }

  @Override
  public String decide(Resolutions resolutions) {
    var open = difference();
    return switch (choice) {
      case ACCEPT -> accept(open, resolutions);
      case CHARGE_IT -> {
        chargeIt(open, resolutions);
        yield "difference %d is closed: invoice %s is charged by the next run if it is due then"
            .formatted(id, open.invoiceId());
      }
      case BOOK -> book(open, resolutions);
      case ALREADY_PAID, CHARGE_AGAIN ->
          throw new IllegalStateException(choice + " is decided elsewhere");
    };
  }

  /** Accepted, a refused order keeps its invoice back all the same: it can still be released. */
  private boolean isKeptBack(Status.AnyDifference found) {
    return choice == Choice.CHARGE_IT
        && found.kind().equals(DifferenceKind.NOT_CHARGEABLE.name())
        && found.state().equals("ACCEPTED");
  }

  /** What the gateway took elsewhere stays as it is; a refusal is proof that it took nothing. */
  private void chargeIt(Status.AnyDifference open, Resolutions resolutions) {
    if (open.kind().equals(DifferenceKind.NOT_CHARGEABLE.name())) {
      Verdicts.written(resolutions.cure(id, decision(Kind.CHARGE_IT, NOT_ASKED)));
    } else {
      write(resolutions, Kind.CHARGE_IT, NOT_ASKED);
    }
  }

  private String accept(Status.AnyDifference open, Resolutions resolutions) {
    var invoice = open.invoiceId();
    var kind = DifferenceKind.valueOf(open.kind());
    if (invoice == null || !isOfACharge(kind)) {
      write(resolutions, Kind.ACCEPT, NOT_ASKED);
      return "difference %d is accepted. No money moves because of that".formatted(id);
    }
    var inquest = new Inquest(database, gateway, installation, invoice);
    write(resolutions, Kind.ACCEPT, asked(kind, open.subject(), invoice, inquest, resolutions));
    return inquest.paid() == null
        ? "difference %d is accepted: invoice %s may be charged by the next run, if it is due then"
            .formatted(id, invoice)
        : "difference %d is accepted. No money moves because of that".formatted(id);
  }

  /** Whether it is about a charge that may stand at the gateway without being booked here. */
  static boolean isOfACharge(DifferenceKind kind) {
    return switch (kind) {
      case CHARGED_TWICE, UNKNOWN_HERE, AMOUNT, REVERSED -> true;
      case CHARGED_ELSEWHERE,
          UNKNOWN_THERE,
          UNBOOKED,
          OVERPAID,
          DUE_AGAIN,
          NOT_CHARGEABLE,
          NOT_BOOKABLE ->
          false;
    };
  }

  private void write(Resolutions resolutions, Kind kind, String says) {
    Verdicts.written(resolutions.accept(id, decision(kind, says)));
  }

  /** What the gateway says to it, where it could be against it. */
  private String asked(
      DifferenceKind kind,
      String subject,
      String invoice,
      Inquest inquest,
      Resolutions resolutions) {
    if (kind == DifferenceKind.CHARGED_TWICE) {
      requireAsked(inquest);
      return says(
          AcceptRules.chargedTwice(
              invoice,
              inquest.allWith(subject),
              inquest.paid(),
              inquest.released(),
              inquest.settledKeys()));
    }
    // An amount or a reversal of what is not SETTLED: the next run may charge the invoice.
    return kind == DifferenceKind.UNKNOWN_HERE || inquest.paid() == null
        ? unknownHere(invoice, subject, inquest, resolutions)
        : NOT_ASKED;
  }

  private static void requireAsked(Inquest inquest) {
    inquest
        .unaskedOfUncharged()
        .ifPresent(attempt -> {
          throw Verdicts.refused(
              inquest.inWords(attempt),
              "look on that account's own pages, then  billing resolve %s --not-charged --because TEXT,"
                      .formatted(attempt.key())
                  + "  or --settled TXN; then the same command");
        });
  }

  private String unknownHere(
      String invoice, String subject, Inquest inquest, Resolutions resolutions) {
    requireAsked(inquest);
    var found = inquest.unchargedWith(subject);
    var accounted = new HashSet<>(inquest.settled());
    if (resolutions.isInBooks(subject)) {
      accounted.add(subject);
    }
    // Invoice numbers come back after a restore: it may be of an older invoice of that number.
    resolutions
        .due(invoice, today)
        .filter(due -> AcceptRules.isAnothers(subject, found, due))
        .ifPresent(due -> accounted.add(subject));
    return says(AcceptRules.unknownHere(invoice, found, accounted, inquest.settledKeys()));
  }

  private String book(Status.AnyDifference open, Resolutions resolutions) {
    var key = new ChargeKey(open.subject());
    var attempt =
        new AttemptReader(database)
            .byKey(key)
            .orElseThrow(() -> Verdicts.unknown("attempt " + key, "billing status"));
    var transaction = String.valueOf(attempt.transactionId());
    var invoice = resolutions.due(attempt.order().invoiceId(), today.plus(EVER)).orElse(null);
    var says = says(ResolveRules.book(attempt, new Questions(gateway).about(attempt), invoice));
    Verdicts.written(resolutions.book(key, transaction, id, decision(Kind.BOOK, says)));
    return "%s is in the app's books: transaction %s of invoice %s"
        .formatted(key, transaction, attempt.order().invoiceId());
  }

  private static String says(Resolution<?> verdict) {
    Verdicts.allowed(verdict);
    return verdict instanceof Allowed<?>(var what, var says) ? says : "";
  }

  long id() {
    return id;
  }

  DifferenceKind kind() {
    return DifferenceKind.valueOf(difference().kind());
  }

  Decisions.Decision decision(Kind kind, String says) {
    return new Decisions.Decision(kind, Long.toString(id), because, says);
  }

  private static Kind kind(Choice choice) {
    return Kind.valueOf(choice.name());
  }

  private static String option(Enum<?> choice) {
    return "--" + choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String words(String kind) {
    return kind.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** As it is under the lock. Only after {@link #before}. */
  Status.AnyDifference difference() {
    if (difference == null) {
      throw new IllegalStateException("difference " + id + " was not looked at");
    }
    return difference;
  }

  @Override
  public @Nullable String invoiceId() {
    return difference().invoiceId();
  }

  @Override
  public boolean tells() {
    return false;
  }
}
