package billing.modelcheck;

import billing.model.Account;
import billing.model.Fence;
import billing.model.Outcome;
import billing.store.AppSql;
import billing.store.AttemptReader;
import billing.store.Bookings;
import billing.store.ClaimRequest;
import billing.store.Command;
import billing.store.Database;
import billing.store.FencedWriter;
import billing.store.Installation;
import billing.store.Pause;
import billing.store.Queue;
import billing.store.Runs;
import billing.store.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real store on a real server, in a schema of its own that can be emptied. */
final class RealSide implements StoreSide, AutoCloseable {

  /** What the rows show, each query in an order that the simulation has, too. */
  private static final List<String> SHOWN =
      List.of(
          "SELECT 'fence', epoch, holder, seq FROM billing_fence",
          """
          SELECT 'attempt', charge_key, invoice_id, attempt_no, state, amount_minor, customer_ref, payment_ref, description,
                 account_id, send_no, sends, first_sent_at, last_sent_at, gateway_transaction_id, settling_until,
                 not_before, hard, retry_on, as_of, looked_up_run, adopted, TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM settled_amount)), declines_before,
                 first_declined_on, run_no
            FROM charge_attempts ORDER BY id
          """,
          "SELECT 'invoice', i.id, TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM amount_due)),"
              + " payment_ref FROM invoices i JOIN customers c ON c.id = customer_id ORDER BY i.id",
          "SELECT 'payment', invoice_id, gateway_transaction_id, TRIM(TRAILING '.' FROM"
              + " TRIM(TRAILING '0' FROM amount)) FROM payments",
          "SELECT 'mail', charge_key, kind FROM outbox_emails m JOIN charge_attempts a"
              + " ON a.id = attempt_id WHERE m.state <> 'VOID'",
          """
          SELECT 'difference', kind, subject, invoice_id, CASE kind WHEN 'NOT_BOOKABLE' THEN '' ELSE detail END, judged,
                 invoice_print IS NOT NULL, run_no
            FROM charge_differences WHERE state = 'OPEN'
          """);

  private static final List<String> EMPTIES =
      List.of(
          "DELETE FROM outbox_emails",
          "DELETE FROM charge_events",
          "DELETE FROM charge_attempts",
          "DELETE FROM charge_differences",
          "DELETE FROM transactions",
          "DELETE FROM payments",
          "DELETE FROM invoices",
          "DELETE FROM customers",
          "DELETE FROM billing_runs",
          "UPDATE billing_fence SET epoch = 0, holder = '', seq = 0, paused = 0");

  private record Run(Account account, Fence fence, FencedWriter writer) {}

  private final TestDatabase test = TestDatabase.fresh();
  private final Database database = Database.open(test.settings(), 3);
  private final AppSql app = AppSql.load(null);
  private final Connection owner;
  private final List<Run> runs = new ArrayList<>();

  RealSide() throws SQLException {
    // What is never deleted is deleted here, between two sequences.
    for (var guarded : List.of("charge_attempts", "charge_events", "charge_differences")) {
      test.owner("DROP TRIGGER " + guarded + "_bd");
    }
    var settings = test.ownerSettings();
    owner =
        DriverManager.getConnection(
            settings.url() + "&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true",
            settings.user(),
            settings.password());
    owner.setAutoCommit(false);
  }

  /** As the simulation begins. */
  void empty() throws SQLException {
    runs.clear();
    for (var sql : EMPTIES) {
      change(sql);
    }
    for (var id : StoreDraw.INVOICES) {
      change(
          "INSERT INTO customers (id, name, email, customer_ref, payment_ref)"
              + " VALUES (%s, 'Ann', 'ann@example.org', 'cus_1', 'pm_1')".formatted(id));
      change(
          "INSERT INTO invoices (id, customer_id, description, amount, amount_due, currency,"
              + " due_on)"
              + " VALUES (%1$s, %1$s, 'November', 79, 79, 'USD', '2026-11-20')".formatted(id));
    }
    owner.commit();
  }

  @Override
  public Object take(StoreCall call) {
    return switch (call) {
      case StoreCall.Begin(var above, var account) -> begin(above, account);
      case StoreCall.Enqueue(var run) -> enqueue(runs.get(run));
      case StoreCall.Claim claim -> {
        var run = runs.get(claim.run());
        var rules = StoreSide.eligibility(run.account());
        yield writer(run, claim.as())
            .claim(
                new ClaimRequest(
                    claim.limit(), Config.TODAY, claim.only(), Map.of(), rules::recheck));
      }
      case StoreCall.Say(var run, var as, var outcomes) ->
          writer(runs.get(run), as).record(outcomes);
      case StoreCall.Book(var run, var settles) -> book(runs.get(run), settles);
      case StoreCall.ReadSent(var run, var after, var limit) ->
          reader().sentBefore(runs.get(run).fence().epoch(), after, limit);
      case StoreCall.ReadSiblings(var run, var after, var limit) ->
          reader().siblingsInDoubt(runs.get(run).fence().epoch(), after, limit);
      case StoreCall.LookedUp(var run, var looked) -> {
        reader().lookedUp(looked, runs.get(run).fence().epoch());
        yield DONE;
      }
      case StoreCall.Owe(var id, var cents) ->
          committed("UPDATE invoices SET amount_due = %d / 100 WHERE id = %s".formatted(cents, id));
      case StoreCall.PayElsewhere(var id) -> {
        committed("UPDATE invoices SET amount_due = 0 WHERE id = " + id);
        yield committed(
            "INSERT INTO payments (invoice_id, amount, currency, paid_at)"
                + " VALUES (%s, 1, 'USD', UTC_TIMESTAMP(6))".formatted(id));
      }
      case StoreCall.ChangeCard(var id, var card) ->
          committed(
              "UPDATE customers SET payment_ref = %s WHERE id = %s"
                  .formatted(card == null ? "NULL" : "'" + card + "'", id));
      case StoreCall.Pause(var on) -> {
        var pause = new Pause(database);
        if (on) {
          pause.pause("paused");
        } else {
          pause.resume();
        }
        yield DONE;
      }
      case StoreCall.LetTimePass() ->
          committed(
              "UPDATE charge_attempts SET not_before = '1970-01-01' WHERE not_before IS NOT NULL");
    };
  }

  private AttemptReader reader() {
    return new AttemptReader(database);
  }

  private Fence begin(long above, Account account) {
    var starter = new Runs.Starter(Command.CHARGE, "app1", 4711, "test", Config.TODAY);
    var fence = new Runs(database).cure(starter, above, true).fence();
    runs.add(new Run(account, fence, new FencedWriter(database, app, fence)));
    return fence;
  }

  private FencedWriter writer(Run run, StoreCall.As as) {
    return as == StoreCall.As.ITSELF
        ? run.writer()
        : new FencedWriter(database, app, as.of(run.writer().fence()));
  }

  private Object book(Run run, List<Outcome> settles) {
    return new Bookings(database, app, run.fence().epoch()).book(settles);
  }

  private Queued enqueue(Run run) {
    var asked = new ArrayList<String>();
    var rules = StoreSide.eligibility(run.account());
    var installation = new Installation(World.INSTALLATION, "SHOP", run.account(), Set.of("app1"));
    var page =
        new Queue(database, app, installation, 1)
            .enqueue(
                run.fence().epoch(),
                null,
                100,
                Config.TODAY,
                (invoice, past) -> {
                  asked.add(StoreSide.asked(invoice, past));
                  return rules.admit(invoice, past, Config.TODAY);
                });
    return new Queued(page.added(), asked);
  }

  private Object committed(String sql) {
    try {
      change(sql);
      owner.commit();
      return DONE;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void change(String sql) throws SQLException {
    try (var statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public List<String> shown() {
    try {
      var lines = new ArrayList<String>();
      for (var query : SHOWN) {
        var rows = rows(query);
        lines.addAll(query.contains("ORDER BY") ? rows : rows.stream().sorted().toList());
      }
      owner.commit();
      return lines;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> rows(String query) throws SQLException {
    try (var statement = owner.createStatement();
        var rows = statement.executeQuery(query)) {
      var lines = new ArrayList<String>();
      while (rows.next()) {
        var parts = new @Nullable Object[rows.getMetaData().getColumnCount()];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = text(rows.getObject(i + 1));
        }
        lines.add(SimSide.line(parts));
      }
      return lines;
    }
  }

  private static @Nullable Object text(@Nullable Object value) {
    return switch (value) {
      case LocalDateTime at -> SimSide.time(at.toInstant(ZoneOffset.UTC));
      case java.sql.Timestamp at -> SimSide.time(at.toInstant());
      case Boolean yes -> yes ? 1 : 0;
      case null, default -> value;
    };
  }

  @Override
  public void close() throws SQLException {
    owner.close();
    database.close();
  }
}
