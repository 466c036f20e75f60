package billing.store;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ClaimVerdict;
import billing.model.Currency;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Order;
import billing.store.ClaimResult.Claimed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The inside of one claim's transaction, after the fence: candidates, their invoices under lock,
 * the attempts under lock, the re-check, and PENDING → SENT for what may leave.
 */
final class Claims {

  private static final Sql CANDIDATES = Sql.load("attempt/candidates");
  private static final Sql LOCK = Sql.load("attempt/lock_pending");
  private static final Sql CLAIM = Sql.load("attempt/claim");
  private static final Sql NEXT = Sql.load("attempt/next_not_before");
  private static final Sql NOW = Sql.load("run/now");

  /** An attempt that may be claimed, as far as our own tables say. */
  record Candidate(long id, String invoiceId) {}

  /** One that may leave, with the row it was judged by. */
  private record Leaving(AttemptRow row, Order order, @Nullable Invoice invoice) {}

  private final AppSql app;
  private final long runNo;
  private final Totals totals;

  Claims(AppSql app, long runNo, Totals totals) {
    this.app = app;
    this.runNo = runNo;
    this.totals = totals;
  }

  Claimed claim(Handle handle, ClaimRequest request) {
    var lookedAt = handle.createQuery(NOW.text()).map((r, c) -> r.getString(1)).one();
    var candidates = candidates(handle, request);
    if (candidates.isEmpty()) {
      var next = nextNotBefore(handle, request, lookedAt);
      return new Claimed(List.of(), List.of(), List.of(), true, null, next, false);
    }
    var invoices = lockInvoices(handle, candidates, request);
    var batch = new Batch(handle, request);
    for (var row : lockAttempts(handle, candidates)) {
      batch.judge(row, invoices.get(row.attempt().order().invoiceId()));
    }
    var nothingLeft = candidates.size() < request.limit();
    return batch.write(nothingLeft, nothingLeft ? nextNotBefore(handle, request, lookedAt) : null);
  }

  /** What the judge's verdicts come to, gathered and then written. */
  private final class Batch {
    private final Handle handle;
    private final ClaimRequest request;
    private final List<Leaving> leaving = new ArrayList<>();
    private final List<Attempt> cancelled = new ArrayList<>();
    private final Cancellations cancellations = new Cancellations();
    private final List<Differences.Found> differences = new ArrayList<>();
    private final Totals.Claim totalsOfThis;
    private @Nullable Currency over;

    Batch(Handle handle, ClaimRequest request) {
      this.handle = handle;
      this.request = request;
      this.totalsOfThis = totals.begin(handle, request);
    }

    void judge(AttemptRow row, @Nullable Invoice invoice) {
      switch (verdict(row, invoice)) {
        case ClaimVerdict.Send(var order) -> {
          if (totalsOfThis.fits(order.amount())) {
            leaving.add(new Leaving(row, order, invoice));
          } else {
            over = order.amount().currency();
          }
        }
        case ClaimVerdict.Cancel(var why) -> cancel(row, why);
        case ClaimVerdict.Differs(var difference) -> {
          cancel(row, difference.detail());
          differences.add(Differences.found(difference));
        }
      }
    }

    private ClaimVerdict verdict(AttemptRow row, @Nullable Invoice invoice) {
      var unfit = invoice == null ? null : Invoices.unfit(invoice);
      if (unfit != null) {
        var id = row.attempt().order().invoiceId();
        return new ClaimVerdict.Differs(
            new Difference(DifferenceKind.NOT_CHARGEABLE, id, id, unfit));
      }
      return request.judge().judge(row.attempt(), invoice);
    }

    private void cancel(AttemptRow row, String why) {
      cancelled.add(row.attempt());
      cancellations.because(row, why);
    }

    Claimed write(boolean nothingLeft, @Nullable Instant nextNotBefore) {
      var sent = leaving.isEmpty() ? List.<Attempt>of() : send();
      cancellations.writeAll(handle, runNo);
      var opened = Differences.open(handle, differences, runNo, true);
      return new Claimed(sent, cancelled, opened, nothingLeft, over, nextNotBefore, false);
    }

    private List<Attempt> send() {
      var now = leaving.getFirst().row().now();
      var rows =
          handle
              .createUpdate(CLAIM.text())
              .bind("orders", orders().text())
              .bind("now", Times.text(now))
              .bind("as_of", request.asOf().toString())
              .bind("run", runNo)
              .execute();
      Counts.expect(CLAIM, leaving.size(), rows);
      tellApp();
      return leaving.stream().map(l -> sent(l, now)).toList();
    }

    private void tellApp() {
      if (app.before() == null) {
        return;
      }
      try {
        app.before().execute(handle, leaving.stream().map(l -> l.row().id()).toList());
      } catch (AppRefused e) {
        throw e.about(leaving.stream().map(l -> l.row().attempt()).toList());
      }
      var keys = leaving.stream().map(l -> l.row().key().value()).toList();
      Differences.closeBookable(handle, keys, runNo);
    }

    private Json orders() {
      var orders = new Json();
      for (var one : leaving) {
        var order = one.order();
        var account = order.account();
        var invoice = one.invoice();
        orders
            .row()
            .with("id", one.row().id())
            .with("send_no", one.row().attempt().sendNo())
            .with("amount", order.amount().major().toPlainString())
            .with("amount_minor", order.amount().minor())
            .with("currency", order.amount().currency().code())
            .with("customer_ref", order.customerRef())
            .with("payment_ref", order.paymentRef())
            .with("description", order.description())
            .with("gateway", account.gateway())
            .with("account_id", AccountColumns.id(account))
            .with("live_mode", account.live() ? 1 : 0)
            .with("protocol", order.protocol())
            .with("installation", order.installation())
            .with("invoice_row", invoice == null ? null : Invoices.kept(invoice));
      }
      return orders;
    }
  }

  private Attempt sent(Leaving leaving, Instant now) {
    var before = leaving.row().attempt();
    return new Attempt(
        leaving.order(),
        AttemptState.SENT,
        before.sendNo() + 1,
        before.sends().begin(),
        before.firstSentAt() == null ? now : before.firstSentAt(),
        now,
        before.transactionId(),
        before.settlingUntil(),
        before.declinesBefore(),
        before.firstDeclinedOn(),
        runNo);
  }

  List<Candidate> candidates(Handle handle, ClaimRequest request) {
    return handle
        .createQuery(CANDIDATES.text())
        .bind("all", request.onlyInvoices() == null ? 1 : 0)
        .bindList("invoice_ids", narrowed(request))
        .bind("run", runNo)
        .bind("limit", request.limit())
        .map((row, context) -> new Candidate(row.getLong(1), row.getString(2)))
        .list();
  }

  /** Waits for the invoice's row, as a claim would, and no longer than it is told. */
  boolean lock(Handle handle, Candidate candidate, ClaimRequest request) {
    lockInvoices(handle, List.of(candidate), request);
    return true;
  }

  private Map<String, Invoice> lockInvoices(
      Handle handle, List<Candidate> candidates, ClaimRequest request) {
    var ids = candidates.stream().map(Candidate::invoiceId).toList();
    return app.stillDue(handle, ids, request.asOf());
  }

  private static List<AttemptRow> lockAttempts(Handle handle, List<Candidate> candidates) {
    return handle
        .createQuery(LOCK.text())
        .bindList("ids", candidates.stream().map(Candidate::id).toList())
        .map(AttemptRow.MAPPER)
        .list();
  }

  /** Not what its time alone no longer holds back: whatever else does, another look is in vain. */
  private static @Nullable Instant nextNotBefore(
      Handle handle, ClaimRequest request, String lookedAt) {
    return handle
        .createQuery(NEXT.text())
        .bind("looked_at", lookedAt)
        .bind("all", request.onlyInvoices() == null ? 1 : 0)
        .bindList("invoice_ids", narrowed(request))
        .map((row, context) -> row.getString(1))
        .list()
        .stream()
        .flatMap(text -> java.util.stream.Stream.ofNullable(text))
        .findFirst()
        .map(Times::instant)
        .orElse(null);
  }

  private static Collection<String> narrowed(ClaimRequest request) {
    var only = request.onlyInvoices();
    return only == null || only.isEmpty() ? List.of("") : List.copyOf(only);
  }
}
