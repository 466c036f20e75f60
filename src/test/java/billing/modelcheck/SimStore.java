package billing.modelcheck;

import billing.model.Account;
import billing.model.Admission;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Fence;
import billing.model.Invoice;
import billing.model.Looked;
import billing.model.Money;
import billing.model.Order;
import billing.model.Past;
import billing.model.Sends;
import billing.rules.RunForm;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The database of the model: our tables with their guards, and the app's. Each method is one
 * transaction of the real store and answers with the same words.
 */
final class SimStore {

  static final Currency USD = Currency.of("USD").orElseThrow();

  /** A row of charge_attempts; the list holds them in the order of their ids. */
  record Row(
      Attempt attempt,
      @Nullable Instant notBefore,
      boolean hard,
      @Nullable LocalDate retryOn,
      LocalDate asOf,
      long lookedUpRun,
      boolean adopted,
      @Nullable Money taken) {

    /** One that nothing has happened to yet. */
    static Row of(Attempt attempt, LocalDate asOf) {
      return new Row(attempt, null, false, null, asOf, 0, false, null);
    }

    ChargeKey key() {
      return attempt.key();
    }

    /** The same after a change, and waiting for no time. */
    Row with(Attempt changed, LocalDate asOfThen, @Nullable Money takenThen) {
      return new Row(changed, null, hard, retryOn, asOfThen, lookedUpRun, adopted, takenThen);
    }

    Row lookedUp(long run) {
      return new Row(attempt, notBefore, hard, retryOn, asOf, run, adopted, taken);
    }

    Row waiting(@Nullable Instant until) {
      return new Row(attempt, until, hard, retryOn, asOf, lookedUpRun, adopted, taken);
    }

    boolean live() {
      return attempt.state() != AttemptState.DECLINED && attempt.state() != AttemptState.CANCELLED;
    }
  }

  /** An invoice of the app, in cents. */
  record Bill(String id, long due, @Nullable String card) {}

  record Payment(String transactionId, String invoiceId, long amount) {}

  /** A difference that is open. */
  record Open(Difference difference, boolean judged, @Nullable String print, long runNo) {

    Open seenBy(long run) {
      return new Open(difference, judged, print, run);
    }

    boolean isAbout(Open other) {
      return difference.kind() == other.difference.kind()
          && difference.subject().equals(other.difference.subject());
    }
  }

  /** A difference that was found, with the invoice as it was where it holds for that alone. */
  record Found(Difference difference, @Nullable String print) {}

  record Mail(ChargeKey key, String kind) {}

  /** What something looked like at a second. */
  record Seen(int second, Form.Print print) {}

  final String prefix;
  final String installation;
  final int protocol;
  Account account;
  Fence fence = new Fence(0, "", 0);
  boolean paused;

  /** The runs on record, each with the fence that it raised. */
  List<Fence> runs = new ArrayList<>();

  List<Row> rows = new ArrayList<>();
  List<Bill> bills = new ArrayList<>();
  List<Payment> payments = new ArrayList<>();
  List<Open> differences = new ArrayList<>();
  List<Mail> outbox = new ArrayList<>();

  /** Of a store that does not change any more: it was shared, or looked at as a whole. */
  private @Nullable Seen print;

  SimStore(String prefix, String installation, int protocol, Account account) {
    this.prefix = prefix;
    this.installation = installation;
    this.protocol = protocol;
    this.account = account;
  }

  SimStore copy() {
    var copy = new SimStore(prefix, installation, protocol, account);
    copy.fence = fence;
    copy.paused = paused;
    copy.runs = new ArrayList<>(runs);
    copy.rows = new ArrayList<>(rows);
    copy.bills = new ArrayList<>(bills);
    copy.payments = new ArrayList<>(payments);
    copy.differences = new ArrayList<>(differences);
    copy.outbox = new ArrayList<>(outbox);
    return copy;
  }

  /** Runs.begin. */
  Fence begin(String holder, long above) {
    fence = new Fence(Math.max(fence.epoch(), above) + 1, holder, 0);
    runs.add(fence);
    return fence;
  }

  /** The first statement of a claim or a no: whether the fence is the caller's; it moves. */
  boolean move(Fence mine) {
    if (!fence.equals(mine)) {
      return false;
    }
    fence = moved(fence);
    return true;
  }

  static Fence moved(Fence fence) {
    return new Fence(fence.epoch(), fence.holder(), fence.seq() + 1);
  }

  /**
   * Queue.enqueue of one page that holds all that is due: how many were added.
   *
   * @param own the account for which the run began
   */
  int enqueue(Account own, long run, LocalDate asOf, BiFunction<Invoice, Past, Admission> judge) {
    var admitted = new ArrayList<Row>();
    var found = new ArrayList<Found>();
    for (var invoice : due()) {
      switch (judge.apply(invoice, past(invoice))) {
        case Admission.Enqueue enqueue -> {
          gone(DifferenceKind.NOT_CHARGEABLE, invoice.id());
          admitted.add(pending(invoice, enqueue, own, run, asOf));
        }
        case Admission.Differs(var difference) -> found.add(new Found(difference, null));
        case Admission.Skip skip -> {}
      }
    }
    open(found, true, run);
    differences.removeIf(d -> d.judged() && d.runNo() != run);
    var before = rows.size();
    admitted.stream().filter(this::fits).forEach(rows::add);
    return rows.size() - before;
  }

  /** The unique keys. */
  private boolean fits(Row fresh) {
    var order = fresh.attempt().order();
    return rows.stream()
        .noneMatch(row ->
            row.key().equals(fresh.key())
                || (row.attempt().order().invoiceId().equals(order.invoiceId()) && row.live()));
  }

  /** due_invoices.sql. */
  List<Invoice> due() {
    return bills.stream().filter(bill -> bill.due() > 0).map(SimStore::invoice).toList();
  }

  @Nullable Invoice due(String id) {
    return due().stream().filter(invoice -> invoice.id().equals(id)).findFirst().orElse(null);
  }

  static Invoice invoice(Bill bill) {
    return new Invoice(
        bill.id(),
        BigDecimal.valueOf(bill.due(), 2),
        "USD",
        bill.card(),
        "cus_1",
        "Ann",
        "ann@example.org",
        "November",
        LocalDate.of(2026, 11, 20),
        Map.of());
  }

  private Row pending(
      Invoice invoice, Admission.Enqueue admitted, Account own, long run, LocalDate asOf) {
    var order =
        new Order(
            ChargeKey.of(prefix, invoice.id(), admitted.attemptNo()),
            invoice.id(),
            admitted.attemptNo(),
            installation,
            admitted.amount(),
            invoice.customerRef(),
            String.valueOf(invoice.paymentRef()),
            invoice.description(),
            own,
            protocol);
    var attempt =
        new Attempt(
            order,
            AttemptState.PENDING,
            0,
            Sends.NONE,
            null,
            null,
            null,
            null,
            admitted.declinesBefore(),
            admitted.firstDeclinedOn(),
            run);
    return Row.of(attempt, asOf);
  }

  private Past past(Invoice invoice) {
    var own = rows.stream().filter(r -> r.attempt().order().invoiceId().equals(invoice.id()));
    var rowsOfIt =
        own.sorted(Comparator.comparingInt((Row r) -> r.attempt().order().attemptNo())).toList();
    var blocked = differences.stream().anyMatch(d -> blocks(d, invoice));
    if (rowsOfIt.isEmpty()) {
      return new Past(0, null, null, false, null, 0, null, false, blocked);
    }
    var newest = rowsOfIt.getLast();
    var attempt = newest.attempt();
    var declined = attempt.state() == AttemptState.DECLINED;
    var declines = attempt.declinesBefore() + (declined ? 1 : 0);
    return new Past(
        attempt.order().attemptNo(),
        attempt.state(),
        attempt.order().paymentRef(),
        declined && newest.hard(),
        declined ? newest.retryOn() : null,
        declines,
        declines == 0 ? null : attempt.firstDeclinedOn(),
        rowsOfIt.stream().anyMatch(r -> r.attempt().state() == AttemptState.SETTLED),
        blocked);
  }

  private static boolean blocks(Open open, Invoice invoice) {
    var difference = open.difference();
    if (!invoice.id().equals(difference.invoiceId()) || open.judged()) {
      return false;
    }
    return difference.kind() != DifferenceKind.NOT_CHARGEABLE
        || open.print() == null
        || open.print().equals(print(invoice.amountDue(), invoice.paymentRef()));
  }

  static String print(BigDecimal amount, @Nullable String card) {
    return amount.stripTrailingZeros().toPlainString() + " " + card;
  }

  /** Differences.open: what of it is news. The same seen once more is not. */
  List<Difference> open(List<Found> found, boolean judged, long run) {
    var fresh = new LinkedHashMap<String, Open>();
    var seen = new HashSet<Open>();
    var changed = new HashSet<Open>();
    for (var one : found) {
      var difference = one.difference();
      var present = present(difference);
      if (present != null && present.difference().detail().equals(difference.detail())) {
        seen.add(present);
        continue;
      }
      if (present != null) {
        changed.add(present);
      }
      var name = difference.kind() + " " + difference.subject();
      fresh.putIfAbsent(name, new Open(difference, judged, one.print(), run));
    }
    differences.replaceAll(one -> seen.contains(one) ? one.seenBy(run) : one);
    differences.removeIf(one -> changed.stream().anyMatch(other -> one.isAbout(other)));
    differences.addAll(fresh.values());
    return fresh.values().stream().map(Open::difference).toList();
  }

  private @Nullable Open present(Difference difference) {
    return differences.stream()
        .filter(one -> one.isAbout(new Open(difference, false, null, 0)))
        .findFirst()
        .orElse(null);
  }

  void gone(DifferenceKind kind, String subject) {
    differences.removeIf(
        d -> d.difference().kind() == kind && d.difference().subject().equals(subject));
  }

  /** Whether an open difference stands in the way of a claim (candidates.sql). */
  boolean keepsBack(String invoiceId, long run) {
    return differences.stream()
        .anyMatch(d ->
            invoiceId.equals(d.difference().invoiceId())
                && !d.judged()
                && !(d.difference().kind() == DifferenceKind.NOT_BOOKABLE
                    && d.runNo() != run
                    && !isApproved(d.difference().subject())));
  }

  private boolean isApproved(String key) {
    return rows.stream()
        .filter(row -> row.key().value().equals(key))
        .map(Row::attempt)
        .anyMatch(one ->
            one.sends().approved()
                || one.state() == AttemptState.DECLINED
                || one.state() == AttemptState.CANCELLED);
  }

  @Nullable Row row(ChargeKey key) {
    return rows.stream().filter(r -> r.key().equals(key)).findFirst().orElse(null);
  }

  void replace(Row row) {
    rows.replaceAll(present -> present.key().equals(row.key()) ? row : present);
  }

  /** The canonical form of it, as seen at a moment. */
  Form.Print print(int second, int oldest) {
    var known = print;
    if (known == null || known.second() != second) {
      var form = new Form(oldest);
      put(form, Instant.ofEpochSecond(second));
      known = new Seen(second, form.print());
      print = known;
    }
    return known.print();
  }

  private void put(Form form, Instant now) {
    form.put(fence.epoch()).put(fence.holder()).put(fence.seq());
    form.put(account.id()).put(runs.size());
    runs.forEach(run -> form.put(run.epoch()).put(run.holder()));
    form.put(rows.size());
    for (var row : rows) {
      RunForm.put(form, row.attempt(), now);
      form.put(row.notBefore(), now).put(row.hard()).put(Objects.toString(row.retryOn()));
      form.put(row.lookedUpRun()).put(row.adopted());
    }
    differences.forEach(open -> form.put(open.runNo()));
    putRest(form);
  }

  void putRest(Form form) {
    bills.forEach(bill -> form.put(bill.due()).put(bill.card()));
    payments.forEach(paid -> form.put(paid.transactionId()).put(paid.amount()));
    form.put(differences.size());
    for (var open : differences) {
      form.put(open.difference().kind()).put(open.difference().subject());
      form.put(open.difference().detail()).put(open.judged()).put(open.print());
    }
    form.put(outbox.size());
    outbox.forEach(mail -> form.put(mail.key().value()).put(mail.kind()));
  }

  /** AttemptReader.sentBefore. */
  List<Attempt> sentBefore(long run, @Nullable ChargeKey after, int limit) {
    return rows.stream()
        .map(Row::attempt)
        .filter(a -> a.state() == AttemptState.SENT && a.runNo() < run)
        .filter(a -> after == null || a.key().compareTo(after) > 0)
        .sorted(Comparator.comparing(Attempt::key))
        .limit(limit)
        .toList();
  }

  /** AttemptReader.siblingsInDoubt. */
  List<Attempt> siblingsInDoubt(long run, @Nullable ChargeKey after, int limit) {
    return rows.stream()
        .filter(row -> row.attempt().state() == AttemptState.PENDING)
        .flatMap(row -> elderInDoubt(row, run).stream())
        .map(Row::attempt)
        .filter(a -> after == null || a.key().compareTo(after) > 0)
        .sorted(Comparator.comparing(Attempt::key))
        .limit(limit)
        .toList();
  }

  /** Earlier attempts of its invoice that have an open send and were not asked about. */
  List<Row> elderInDoubt(Row younger, long run) {
    var order = younger.attempt().order();
    return rows.stream()
        .filter(s -> s.attempt().order().invoiceId().equals(order.invoiceId()))
        .filter(s -> s.attempt().order().attemptNo() < order.attemptNo())
        .filter(s -> s.lookedUpRun() != run && s.attempt().sends().inDoubt())
        .toList();
  }

  /** AttemptReader.lookedUp. */
  void lookedUp(List<Looked> looked, long run) {
    var found = looked.stream().flatMap(l -> l.differences().stream());
    open(found.map(difference -> new Found(difference, null)).toList(), false, run);
    for (var one : looked) {
      var row = row(one.key());
      if (row != null && one.clear()) {
        replace(row.lookedUp(run));
      }
    }
  }

  /** The unique key over transactions. */
  boolean belongs(String transactionId, Set<Account> accounts) {
    return rows.stream()
        .map(Row::attempt)
        .filter(a -> accounts.contains(a.order().account()))
        .anyMatch(a -> transactionId.equals(a.transactionId()));
  }
}
