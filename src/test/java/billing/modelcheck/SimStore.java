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
import billing.model.Sends;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The database of the model: our tables with their guards, and the app's. Each method is one
 * transaction of the real store and answers with the same words.
 */
public final class SimStore {

  public static final Currency USD = Currency.of("USD").orElseThrow();

  /** A row of charge_attempts; the list holds them in the order of their ids. */
  public record Row(
      Attempt attempt,
      @Nullable Instant notBefore,
      boolean hard,
      @Nullable LocalDate retryOn,
      LocalDate asOf,
      long lookedUpRun,
      boolean adopted,
      @Nullable Money taken) {

    ChargeKey key() {
      return attempt.key();
    }

    boolean live() {
      return attempt.state() != AttemptState.DECLINED && attempt.state() != AttemptState.CANCELLED;
    }
  }

  /** An invoice of the app, in cents. */
  public record Bill(String id, long due, @Nullable String card) {}

  public record Payment(String transactionId, String invoiceId, long amount) {}

  /** A difference that is open. */
  public record Open(Difference difference, boolean judged, @Nullable String print, long runNo) {}

  public record Mail(ChargeKey key, String kind) {}

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

  public SimStore(String prefix, String installation, int protocol, Account account) {
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
  public Fence begin(String holder, long above) {
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

  /** Queue.enqueue of one page that holds all that is due: how many were added. */
  public int enqueue(
      long run, LocalDate asOf, BiFunction<Invoice, billing.model.Past, Admission> judge) {
    return enqueue(due(), run, asOf, judge);
  }

  /** The same for a page that was read a while ago. */
  int enqueue(
      List<Invoice> page,
      long run,
      LocalDate asOf,
      BiFunction<Invoice, billing.model.Past, Admission> judge) {
    var present = due().stream().map(Invoice::id).toList();
    var admitted = new ArrayList<Row>();
    var found = new ArrayList<Difference>();
    for (var invoice : page) {
      switch (judge.apply(invoice, past(invoice))) {
        case Admission.Enqueue enqueue -> {
          gone(DifferenceKind.NOT_CHARGEABLE, invoice.id());
          admitted.add(pending(invoice, enqueue, run, asOf));
        }
        case Admission.Differs(var difference)
            when difference.kind() == DifferenceKind.DUE_AGAIN
                && !present.contains(invoice.id()) -> {}
        case Admission.Differs(var difference) -> found.add(difference);
        case Admission.Skip skip -> {}
      }
    }
    found.forEach(difference -> open(difference, true, null, run));
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
  public List<Invoice> due() {
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

  private Row pending(Invoice invoice, Admission.Enqueue admitted, long run, LocalDate asOf) {
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
            account,
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
    return new Row(attempt, null, false, null, asOf, 0, false, null);
  }

  private billing.model.Past past(Invoice invoice) {
    var own = rows.stream().filter(r -> r.attempt().order().invoiceId().equals(invoice.id()));
    var rowsOfIt =
        own.sorted(Comparator.comparingInt((Row r) -> r.attempt().order().attemptNo())).toList();
    var blocked = differences.stream().anyMatch(d -> blocks(d, invoice));
    if (rowsOfIt.isEmpty()) {
      return new billing.model.Past(0, null, null, false, null, 0, null, false, blocked);
    }
    var newest = rowsOfIt.getLast();
    var attempt = newest.attempt();
    var declined = attempt.state() == AttemptState.DECLINED;
    return new billing.model.Past(
        attempt.order().attemptNo(),
        attempt.state(),
        attempt.order().paymentRef(),
        declined && newest.hard(),
        declined ? newest.retryOn() : null,
        attempt.declinesBefore() + (declined ? 1 : 0),
        attempt.firstDeclinedOn() == null && declined ? newest.asOf() : attempt.firstDeclinedOn(),
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

  void open(Difference difference, boolean judged, @Nullable String print, long run) {
    gone(difference.kind(), difference.subject());
    differences.add(new Open(difference, judged, print, run));
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
                && !(d.difference().kind() == DifferenceKind.NOT_BOOKABLE && d.runNo() != run));
  }

  @Nullable Row row(ChargeKey key) {
    return rows.stream().filter(r -> r.key().equals(key)).findFirst().orElse(null);
  }

  void replace(Row row) {
    rows.replaceAll(present -> present.key().equals(row.key()) ? row : present);
  }

  /** AttemptReader.sentBefore. */
  public List<Attempt> sentBefore(long run, @Nullable ChargeKey after, int limit) {
    return rows.stream()
        .map(Row::attempt)
        .filter(a -> a.state() == AttemptState.SENT && a.runNo() < run)
        .filter(a -> after == null || a.key().compareTo(after) > 0)
        .sorted(Comparator.comparing(Attempt::key))
        .limit(limit)
        .toList();
  }

  /** AttemptReader.siblingsInDoubt. */
  public List<Attempt> siblingsInDoubt(
      long run, Instant now, @Nullable ChargeKey after, int limit) {
    return rows.stream()
        .filter(row -> row.attempt().state() == AttemptState.PENDING)
        .filter(row -> row.notBefore() == null || !row.notBefore().isAfter(now))
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
  public void lookedUp(List<Looked> looked, long run) {
    for (var one : looked) {
      one.differences().forEach(difference -> open(difference, false, null, run));
      var row = row(one.key());
      if (row != null && one.clear()) {
        replace(
            new Row(
                row.attempt(),
                row.notBefore(),
                row.hard(),
                row.retryOn(),
                row.asOf(),
                run,
                row.adopted(),
                row.taken()));
      }
    }
  }
}
