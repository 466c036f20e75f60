package billing.run;

import billing.model.Account;
import billing.model.Admission;
import billing.model.Admission.Reason;
import billing.model.AttemptState;
import billing.model.Currency;
import billing.model.Invoice;
import billing.model.Money;
import billing.model.Past;
import billing.rules.Eligibility;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.rules.WitnessRules.Verdict;
import billing.store.AppSql;
import billing.store.Database;
import billing.store.DatabaseTrouble;
import billing.store.Installation;
import billing.store.Installations;
import billing.store.Queue;
import billing.store.Readiness;
import billing.store.Status;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What tonight's run would do, by the same rules and the same SQL. Writes nothing, locks nothing,
 * asks the gateway nothing, and may run beside a real run.
 */
public final class Preview {

  /**
   * One due invoice and what would become of it.
   *
   * @param amount null where it would not be charged
   * @param attempt the number of the attempt that would be made
   * @param why in words
   */
  public record Line(Invoice invoice, @Nullable Money amount, int attempt, String why) {}

  /**
   * The sum of it.
   *
   * @param refusals what would make the run refuse, each with what to do
   * @param totals what would be charged, in minor units
   * @param skipped what would be left alone, by reason
   * @param differences what could not be charged, and a person would be told
   * @param doubts attempts that would be asked about before
   */
  public record Sum(
      List<String> refusals,
      Map<Currency, Money> totals,
      Map<Currency, Integer> counts,
      Map<Reason, Integer> skipped,
      int differences,
      int doubts) {}

  private final Database database;
  private final ChargeSettings settings;
  private final ChargeOrder order;
  private final String gateway;
  private final int protocol;
  private final Map<Currency, Money> totals = new TreeMap<>();
  private final Map<Currency, Integer> counts = new TreeMap<>();
  private final Map<Reason, Integer> skipped = new EnumMap<>(Reason.class);
  private int differences;
  private int charges;

  /**
   * @param gateway the kind that is set
   * @param protocol the adapter's
   */
  public Preview(
      Database database, ChargeSettings settings, ChargeOrder order, String gateway, int protocol) {
    this.database = database;
    this.settings = settings;
    this.order = order;
    this.gateway = gateway;
    this.protocol = protocol;
  }

  /** Hands out line after line, page by page, and ends with the sum. */
  public Sum read(Consumer<Line> lines) {
    var app = AppSql.load(settings.appSql());
    Readiness.checkReading(database, app);
    var installation = new Installations(database).current();
    var present =
        installation.orElseGet(() ->
            new Installation("", settings.prefix(), new Account(gateway, null, false), Set.of()));
    var eligibility =
        new Eligibility(present.id(), present.account(), protocol, settings.maxAmounts());
    var queue = new Queue(database, app, present, protocol);
    String after = null;
    while (charges < order.limit()) {
      var pending = new HashSet<String>();
      var page =
          queue.preview(
              after,
              Limits.PAGE,
              order.asOf(),
              (invoice, past) -> judge(eligibility, invoice, past, pending));
      page.judged().stream()
          .filter(judged -> isChosen(judged.invoice()))
          .forEach(judged ->
              take(
                  judged.invoice(),
                  judged.admission(),
                  pending.contains(judged.invoice().id()),
                  lines));
      after = page.last();
      if (page.end()) {
        break;
      }
    }
    return new Sum(
        refusals(installation.orElse(null)),
        totals,
        counts,
        skipped,
        differences,
        new Status(database).counts().doubts());
  }

  /** What waits PENDING from an earlier run would be claimed, as it is now. */
  private Admission judge(
      Eligibility eligibility, Invoice invoice, Past past, Set<String> pending) {
    if (past.latest() != AttemptState.PENDING) {
      return eligibility.admit(invoice, past, order.asOf());
    }
    pending.add(invoice.id());
    var fresh =
        new Past(
            past.attempts() - 1,
            null,
            past.paymentRef(),
            false,
            null,
            past.declines(),
            past.firstDeclinedOn(),
            false,
            false);
    return eligibility.admit(invoice, fresh, order.asOf());
  }

  private boolean isChosen(Invoice invoice) {
    return order.only().isEmpty() || order.only().contains(invoice.id());
  }

  private void take(Invoice invoice, Admission admission, boolean waiting, Consumer<Line> lines) {
    switch (admission) {
      case Admission.Enqueue(var amount, var attempt, var declines, var first) -> {
        if (charges < order.limit()) {
          charges++;
          totals.merge(
              amount.currency(), amount, (a, b) -> new Money(a.minor() + b.minor(), a.currency()));
          counts.merge(amount.currency(), 1, Integer::sum);
          lines.accept(new Line(invoice, amount, attempt, why(invoice, declines, waiting)));
        }
      }
      case Admission.Differs(var difference) -> {
        differences++;
        lines.accept(new Line(invoice, null, 0, difference.detail()));
      }
      case Admission.Skip(var reason, var until) -> skipped.merge(reason, 1, Integer::sum);
    }
  }

  private static String why(Invoice invoice, int declines, boolean waiting) {
    var due = invoice.dueOn() == null ? "due" : "due since " + invoice.dueOn();
    return (waiting ? "waiting from an earlier run, " : "")
        + (declines == 0 ? due : due + ", declined " + declines + " times before");
  }

  /** What the witness of this host would object to. */
  private Optional<String> footing() {
    try {
      return switch (Footing.look(database, settings.host(), settings.stateDir()).verdict()) {
        case Verdict.Fits fits -> Optional.empty();
        case Verdict.Waits waits -> Optional.empty();
        case Verdict.WentBack(var why) ->
            Optional.of(Finding.WENT_BACK.text() + ": " + why + ": billing reconcile");
        case Verdict.NotEnrolled(var why) -> Optional.of(why + ": billing enroll --because TEXT");
      };
    } catch (DatabaseTrouble noStateDirHere) {
      if (noStateDirHere.kind() != DatabaseTrouble.Kind.SETTINGS) {
        throw noStateDirHere;
      }
      return Optional.of(String.valueOf(noStateDirHere.getMessage()));
    }
  }

  private List<String> refusals(@Nullable Installation installation) {
    var found = new ArrayList<String>();
    footing().ifPresent(found::add);
    if (installation == null) {
      // as the footing says
    } else if (!installation.prefix().equals(settings.prefix())) {
      found.add(
          "charge.prefix is %s, but %s is enrolled"
              .formatted(settings.prefix(), installation.prefix()));
    } else if (!installation.account().gateway().equals(gateway)) {
      found.add(
          "gateway.kind is %s, but %s is enrolled"
              .formatted(gateway, installation.account().gateway()));
    }
    var fence = new Status(database).fence();
    if (fence.paused()) {
      found.add("charging is paused: " + fence.pausedBecause());
    }
    settings
        .maxTotals()
        .forEach((currency, max) -> {
          var total = totals.get(currency);
          if (total != null && total.minor() > max) {
            found.add(
                "%s would go over charge.max-total.%s: the run would stop at %s"
                    .formatted(total, currency, new Money(max, currency)));
          }
        });
    return List.copyOf(found);
  }
}
