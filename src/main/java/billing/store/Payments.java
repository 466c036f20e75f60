package billing.store;

import billing.model.AdoptionVerdict.Adopt;
import billing.model.Decision;
import billing.model.Difference;
import billing.model.GatewayReply.Approved;
import billing.model.Invoice;
import billing.model.Listed;
import billing.model.Outcome;
import billing.model.PaidElsewhere;
import billing.model.Sends;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The inside of the transaction in which a charge from elsewhere becomes an attempt of ours and is
 * booked: all of it or nothing, since its key is not at the gateway and no lookup would find it.
 */
final class Payments {

  private static final Sql ATTEMPTS = Sql.load("status/attempts_of_invoice");
  private static final Sql OWN = Sql.load("attempt/own_transaction");

  private final AppSql app;
  private final Adoptions adoptions;
  private final Approvals approvals;
  private final Installation installation;
  private final long runNo;

  Payments(
      AppSql app, Adoptions adoptions, Approvals approvals, Installation installation, long runNo) {
    this.app = app;
    this.adoptions = adoptions;
    this.approvals = approvals;
    this.installation = installation;
    this.runNo = runNo;
  }

  /**
   * Empty where the judge says no; else the differences that its booking led to.
   *
   * @param now the time of the charge, where the gateway tells none
   */
  Optional<List<Difference>> adopt(
      Handle handle,
      String invoiceId,
      Approved approved,
      LocalDate today,
      Instant now,
      String evidence,
      Function<PaidElsewhere, Optional<Adopt>> judge) {
    var due = app.stillDue(handle, invoiceId, today);
    var attempts =
        handle
            .createQuery(ATTEMPTS.text())
            .bind("invoice_id", invoiceId)
            .map(AttemptRow.MAPPER)
            .list();
    var live = attempts.stream().filter(Payments::isLive).findFirst().orElse(null);
    var facts =
        new PaidElsewhere(
            invoiceId,
            due,
            attempts.stream().mapToInt(row -> row.attempt().order().attemptNo()).max().orElse(0),
            live == null ? null : live.attempt(),
            isKnown(handle, approved.transactionId()),
            !app.inBooks(handle, List.of(approved.transactionId())).isEmpty());
    return judge
        .apply(facts)
        .map(adopt -> {
          if (live != null) {
            cancel(handle, live, adopt);
          }
          return book(handle, adopt, approved, due, now, evidence);
        });
  }

  private List<Difference> book(
      Handle handle,
      Adopt adopt,
      Approved approved,
      @Nullable Invoice due,
      Instant now,
      String evidence) {
    var order = adopt.order();
    var at = approved.at() == null ? now : approved.at();
    var listed = new Listed(approved.transactionId(), approved, approved.echo(), at);
    adoptions.insert(handle, listed, adopt, due, evidence);
    var settle = new Decision.Settle(approved.transactionId(), order.amount());
    var done =
        approvals.write(
            handle, List.of(new Outcome(order.key(), 1, new Sends("a"), settle, evidence)));
    if (!done.booked().contains(order.key())) {
      throw new IllegalStateException(order.key() + " was adopted and not booked");
    }
    return done.differences();
  }

  private void cancel(Handle handle, AttemptRow pending, Adopt adopt) {
    var why = adopt.order().key() + " of the same invoice was paid elsewhere";
    new Cancellations().because(pending, why).writeAll(handle, runNo);
  }

  private boolean isKnown(Handle handle, String transactionId) {
    var account = installation.account();
    return !handle
        .createQuery(OWN.text())
        .bind("gateway", account.gateway())
        .bind("account_id", AccountColumns.id(account))
        .bindList("gateway_transaction_ids", List.of(transactionId))
        .mapTo(String.class)
        .list()
        .isEmpty();
  }

  private static boolean isLive(AttemptRow row) {
    return switch (row.attempt().state()) {
      case PENDING, SENT, REVIEW -> true;
      case SETTLED -> !row.released();
      case DECLINED, CANCELLED -> false;
    };
  }
}
