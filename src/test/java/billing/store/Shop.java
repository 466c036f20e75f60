package billing.store;

import billing.model.Account;
import billing.model.Admission;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.ClaimVerdict;
import billing.model.Currency;
import billing.model.Decision;
import billing.model.Fence;
import billing.model.Invoice;
import billing.model.Money;
import billing.model.Order;
import billing.model.Outcome;
import billing.model.Past;
import billing.model.Sends.Mark;
import billing.store.ClaimResult.Claimed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A small invoicing app in a schema of its own, with a run going on in it. Its judges say yes to
 * everything, since the rules are tried elsewhere.
 */
final class Shop implements AutoCloseable {

  static final LocalDate TODAY = LocalDate.of(2026, 11, 24);
  static final Account ACCOUNT = new Account("stripe", "acct_1", false);
  static final Installation INSTALLATION =
      new Installation("0123456789ab", "SHOP", ACCOUNT, Set.of("app1"));

  /** Short, so that a test of a lost connection does not wait for half a minute. */
  static final Patience SHORT =
      new Patience(
          Duration.ofSeconds(1),
          Duration.ofMillis(1500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(6));

  /** For a run that dies: no row lock outlives a second, no lost server is waited for. */
  static final Patience MORTAL =
      new Patience(
          Duration.ofMillis(500),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2));

  final TestDatabase test;
  final Database database;
  AppSql app;
  Fence fence;
  FencedWriter writer;
  Bookings bookings;

  Shop() {
    this(TestDatabase.fresh(), null, null);
  }

  /**
   * A shop whose run reaches the database its own way.
   *
   * @param through settings of the run's connection; null: straight
   */
  Shop(TestDatabase test, @Nullable DatabaseSettings through, @Nullable Path appSql) {
    this.test = test;
    this.database = Database.open(through == null ? test.settings() : through, 4, SHORT);
    this.app = AppSql.load(appSql);
    this.fence = begin();
    this.writer = new FencedWriter(database, app, fence);
    this.bookings = new Bookings(database, app, fence.epoch());
  }

  /** Another run begins, and fences off the one before. */
  void nextRun() {
    fence = begin();
    useApp(app);
  }

  void useApp(AppSql other) {
    app = other;
    writer =
        new FencedWriter(
            database, app, writer.fence().holder().equals(fence.holder()) ? writer.fence() : fence);
    bookings = new Bookings(database, app, fence.epoch());
  }

  private Fence begin() {
    return new Runs(database).begin(new Runs.Starter(Command.CHARGE, "app1", 4711, "test", TODAY));
  }

  /** Due invoices, one customer each, of so many dollars. */
  Shop withInvoices(int count, String amount) {
    for (int i = 0; i < count; i++) {
      test.owner(
          """
          INSERT INTO customers (name, email, customer_ref, payment_ref) VALUES ('Ann', 'ann@example.org', 'cus_1', 'pm_1');
          INSERT INTO invoices (customer_id, description, amount, amount_due, currency, due_on)
          VALUES (LAST_INSERT_ID(), 'November', %1$s, %1$s, 'USD', '2026-11-20');
          """
              .formatted(amount));
    }
    return this;
  }

  Page enqueue() {
    return queue().enqueue(fence.epoch(), null, 1000, TODAY, Shop::yes);
  }

  Page enqueue(BiFunction<Invoice, Past, Admission> judge) {
    return queue().enqueue(fence.epoch(), null, 1000, TODAY, judge);
  }

  Queue queue() {
    return new Queue(database, app, INSTALLATION, 1);
  }

  ClaimResult tryClaim(int limit) {
    return writer.claim(new ClaimRequest(limit, TODAY, null, Map.of(), Shop::yes));
  }

  Claimed claim(int limit) {
    return claim(limit, Shop::yes);
  }

  Claimed claim(int limit, ClaimRequest.Judge judge) {
    return (Claimed) writer.claim(new ClaimRequest(limit, TODAY, null, Map.of(), judge));
  }

  /** Invoices that are queued and claimed. */
  List<Attempt> sent(int count) {
    withInvoices(count, "79.00");
    enqueue();
    return claim(count).sent();
  }

  Recorded.Written record(Outcome... outcomes) {
    return (Recorded.Written) writer.record(List.of(outcomes));
  }

  Booked book(Outcome... outcomes) {
    return bookings.book(List.of(outcomes));
  }

  String state(ChargeKey key) {
    return test.one("SELECT state FROM charge_attempts WHERE charge_key = '" + key + "'");
  }

  Map<String, String> attempt(ChargeKey key) {
    return test.rows("SELECT * FROM charge_attempts WHERE charge_key = '" + key + "'").getFirst();
  }

  static Outcome settle(Attempt attempt, String transactionId) {
    return outcome(
        attempt, Mark.APPROVED, new Decision.Settle(transactionId, attempt.order().amount()));
  }

  static Outcome decline(Attempt attempt, @Nullable LocalDate retryOn) {
    return outcome(
        attempt,
        Mark.DECLINED,
        new Decision.Decline("51", "insufficient funds", false, TODAY, retryOn));
  }

  static Outcome outcome(Attempt attempt, Mark mark, Decision decision) {
    return new Outcome(
        attempt.key(),
        attempt.sendNo(),
        attempt.sends().with(attempt.sendNo(), mark),
        decision,
        "the gateway said " + mark);
  }

  static Admission yes(Invoice invoice, Past past) {
    if (past.openDifference()) {
      return new Admission.Skip(Admission.Reason.BLOCKED, null);
    }
    if (past.latest() != null
        && switch (past.latest()) {
          case PENDING, SENT, REVIEW, SETTLED -> true;
          case DECLINED, CANCELLED -> false;
        }) {
      return new Admission.Skip(Admission.Reason.LIVE, null);
    }
    return new Admission.Enqueue(
        amount(invoice), past.attempts() + 1, past.declines(), past.firstDeclinedOn());
  }

  static ClaimVerdict yes(Attempt attempt, @Nullable Invoice invoice) {
    if (invoice == null) {
      return new ClaimVerdict.Cancel("no longer due");
    }
    if (attempt.sendNo() > 0) {
      return new ClaimVerdict.Send(attempt.order());
    }
    return new ClaimVerdict.Send(
        new Order(
            attempt.key(),
            invoice.id(),
            attempt.order().attemptNo(),
            INSTALLATION.id(),
            amount(invoice),
            invoice.customerRef(),
            String.valueOf(invoice.paymentRef()),
            invoice.description(),
            ACCOUNT,
            1));
  }

  static Money amount(Invoice invoice) {
    var currency = Currency.of(invoice.currency()).orElseThrow();
    return Money.exactly(invoice.amountDue(), currency).orElseThrow();
  }

  @Override
  public void close() {
    database.close();
  }
}
