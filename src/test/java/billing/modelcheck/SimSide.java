package billing.modelcheck;

import billing.model.Account;
import billing.model.AttemptState;
import billing.model.ClaimVerdict;
import billing.model.Fence;
import billing.model.Money;
import billing.model.Outcome;
import billing.modelcheck.Config.Guard;
import billing.modelcheck.SimStore.Bill;
import billing.modelcheck.SimStore.Payment;
import billing.modelcheck.SimStore.Row;
import billing.rules.Eligibility;
import billing.store.ClaimRequest;
import billing.store.ClaimResult;
import billing.store.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The simulated store; with guards taken away, to see that the comparison notices. */
final class SimSide implements StoreSide {

  private record Run(Account account, Fence fence) {}

  final SimStore store = new SimStore("SHOP", World.INSTALLATION, 1, World.FIRST);
  private final Set<Guard> missing;
  private final List<Run> runs = new ArrayList<>();
  private String holder = "";
  private Instant now = Instant.EPOCH;

  SimSide(Set<Guard> missing) {
    this.missing = missing;
    StoreDraw.INVOICES.forEach(id -> store.bills.add(new Bill(id, World.AMOUNT, "pm_1")));
  }

  int runs() {
    return runs.size();
  }

  /** What chance and the clock gave the real store is given to this one. */
  void learn(Object real) {
    now = Instant.now();
    if (real instanceof Fence fence) {
      holder = fence.holder();
    }
    if (real instanceof ClaimResult.Claimed claimed && !claimed.sent().isEmpty()) {
      now = java.util.Objects.requireNonNull(claimed.sent().getFirst().lastSentAt());
    }
  }

  @Override
  public Object take(StoreCall call) {
    return switch (call) {
      case StoreCall.Begin(var above, var account) -> {
        var fence = store.begin(holder, above);
        runs.add(new Run(account, fence));
        yield fence;
      }
      case StoreCall.Enqueue(var run) -> enqueue(runs.get(run));
      case StoreCall.Claim claim -> claim(claim);
      case StoreCall.Say say -> say(say);
      case StoreCall.Book(var run, var settles) ->
          SimBookings.book(store, runs.get(run).fence().epoch(), taken(settles));
      case StoreCall.ReadSent(var run, var after, var limit) ->
          store.sentBefore(runs.get(run).fence().epoch(), after, limit);
      case StoreCall.ReadSiblings(var run, var after, var limit) ->
          store.siblingsInDoubt(runs.get(run).fence().epoch(), after, limit);
      case StoreCall.LookedUp(var run, var looked) -> {
        store.lookedUp(looked, runs.get(run).fence().epoch());
        yield DONE;
      }
      case StoreCall.Owe(var id, var cents) -> bill(id, b -> new Bill(id, cents, b.card()));
      case StoreCall.ChangeCard(var id, var card) -> bill(id, b -> new Bill(id, b.due(), card));
      case StoreCall.PayElsewhere(var id) -> {
        store.payments.add(new Payment("other", id, 100));
        yield bill(id, b -> new Bill(id, 0, b.card()));
      }
      case StoreCall.Pause(var on) -> {
        store.paused = on;
        yield DONE;
      }
      case StoreCall.LetTimePass() -> {
        store.rows.replaceAll(row -> row.notBefore() == null ? row : row.waiting(Instant.EPOCH));
        yield DONE;
      }
    };
  }

  private SimWrites writes() {
    return new SimWrites(store, now);
  }

  private Queued enqueue(Run run) {
    var asked = new ArrayList<String>();
    var rules = StoreSide.eligibility(run.account());
    var added =
        store.enqueue(
            run.account(),
            run.fence().epoch(),
            Config.TODAY,
            (invoice, past) -> {
              asked.add(StoreSide.asked(invoice, past));
              return rules.admit(invoice, past, Config.TODAY);
            });
    return new Queued(added, asked);
  }

  private Object claim(StoreCall.Claim call) {
    var run = runs.get(call.run());
    var request = new ClaimRequest(call.limit(), Config.TODAY, call.only(), Map.of(), judge(run));
    var fence = call.as().of(run.fence());
    var result =
        missing.contains(Guard.FENCE)
            ? writes().claimed(fence.epoch(), request)
            : writes().claim(fence, request);
    moved(call.run(), call.as(), result instanceof ClaimResult.Claimed);
    return result;
  }

  private ClaimRequest.Judge judge(Run run) {
    Eligibility rules = StoreSide.eligibility(run.account());
    return missing.contains(Guard.RECHECK)
        ? (attempt, invoice) -> new ClaimVerdict.Send(attempt.order())
        : rules::recheck;
  }

  private Object say(StoreCall.Say call) {
    var fence = call.as().of(runs.get(call.run()).fence());
    var result =
        missing.contains(Guard.FENCE)
            ? writes().recorded(fence.epoch(), call.outcomes())
            : writes().record(fence, call.outcomes());
    moved(call.run(), call.as(), result instanceof Recorded.Written && !call.outcomes().isEmpty());
    return result;
  }

  private void moved(int run, StoreCall.As as, boolean done) {
    if (done && as == StoreCall.As.ITSELF) {
      var before = runs.get(run);
      runs.set(run, new Run(before.account(), SimStore.moved(before.fence())));
    }
  }

  private List<Outcome> taken(List<Outcome> settles) {
    return missing.contains(Guard.LATE_APPROVAL)
        ? settles.stream().filter(this::isSent).toList()
        : settles;
  }

  private boolean isSent(Outcome outcome) {
    var row = store.row(outcome.key());
    return row != null && row.attempt().state() == AttemptState.SENT;
  }

  private Object bill(String id, UnaryOperator<Bill> change) {
    store.bills.replaceAll(bill -> bill.id().equals(id) ? change.apply(bill) : bill);
    return DONE;
  }

  @Override
  public List<String> shown() {
    var lines = new ArrayList<String>();
    lines.add(line("fence", store.fence.epoch(), store.fence.holder(), store.fence.seq()));
    store.rows.forEach(row -> lines.add(shown(row)));
    store.bills.forEach(b -> lines.add(line("invoice", b.id(), cents(b.due()), b.card())));
    sorted(lines, store.payments.stream().map(p -> line("payment", p.invoiceId(), paidBy(p))));
    sorted(lines, store.outbox.stream().map(m -> line("mail", m.key(), m.kind())));
    sorted(
        lines,
        store.differences.stream()
            .map(d -> {
              var one = d.difference();
              return line(
                  "difference",
                  one.kind(),
                  one.subject(),
                  one.invoiceId(),
                  StoreComparison.detail(one),
                  d.judged() ? 1 : 0,
                  d.print() == null ? 0 : 1,
                  d.runNo());
            }));
    return lines;
  }

  private static void sorted(List<String> lines, Stream<String> more) {
    more.sorted().forEach(lines::add);
  }

  private static String paidBy(Payment paid) {
    return paid.transactionId().equals("other")
        ? "null|1"
        : paid.transactionId() + "|" + cents(paid.amount());
  }

  private static String shown(Row row) {
    var a = row.attempt();
    var order = a.order();
    var taken = row.taken();
    return line(
        "attempt",
        a.key(),
        order.invoiceId(),
        order.attemptNo(),
        a.state(),
        order.amount().minor(),
        order.customerRef(),
        order.paymentRef(),
        order.description(),
        order.account().id(),
        a.sendNo(),
        a.sends(),
        time(a.firstSentAt()),
        time(a.lastSentAt()),
        a.transactionId(),
        time(a.settlingUntil()),
        time(row.notBefore()),
        row.hard() ? 1 : 0,
        row.retryOn(),
        row.asOf(),
        row.lookedUpRun(),
        row.adopted() ? 1 : 0,
        taken == null ? null : cents(taken.minor()),
        a.declinesBefore(),
        a.firstDeclinedOn(),
        a.runNo());
  }

  private static String cents(long minor) {
    return new Money(minor, SimStore.USD).major().stripTrailingZeros().toPlainString();
  }

  static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }

  static String line(@Nullable Object... parts) {
    return String.join("|", Stream.of(parts).map(String::valueOf).toList());
  }
}
