package billing.rules;

import billing.model.Account;
import billing.model.AdoptionVerdict.Adopt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.Invoice;
import billing.model.Order;
import billing.model.PaidElsewhere;
import billing.rules.Resolution.Allowed;
import billing.rules.Resolution.NoAnswer;
import billing.rules.Resolution.Refused;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;

/**
 * Whether a charge that was made elsewhere may be adopted as the payment of an invoice. A mistyped
 * transaction would book somebody else's money, so the gateway's own record has to fit.
 *
 * @param protocol of an order that is adopted, see {@link Order}
 */
public record PaidRules(String prefix, String installation, Account account, int protocol) {

  /** From the gateway's answer alone, before anything is locked. */
  public Resolution<Approved> atTheGateway(String transactionId, GatewayReply reply) {
    var replies = new Replies(List.of(reply));
    if (replies.processing().isPresent()) {
      return new Refused<>(
          "the gateway has not decided transaction %s yet".formatted(transactionId),
          "the same command once it is decided; where it fails there, the difference goes by"
              + " itself");
    }
    if (Standing.isUndecided(reply)) {
      return new Refused<>(
          "the gateway does not say how transaction %s ended: %s"
              .formatted(transactionId, replies.words()),
          "the same command once it does; where it failed there, the difference goes by itself");
    }
    if (Standing.isAuthorized(reply)) {
      return new Refused<>(
          "transaction %s is authorized and not captured".formatted(transactionId),
          "capture it at the gateway, and decide what the next run says about it; where it is"
              + " voided there, the difference goes by itself");
    }
    // What was given back in part, or is disputed, has paid: the next comparison tells the rest.
    var approved = replies.standing(transactionId).orElse(null);
    if (approved == null) {
      return replies.failure().isPresent()
          ? new NoAnswer<>(replies.failure().get())
          : new Refused<>(
              "the gateway does not show transaction %s as charged: %s"
                  .formatted(transactionId, replies.words()),
              "look for the right transaction in the gateway's own pages");
    }
    var key = approved.echo().chargeKey();
    if (key != null && key.startsWith(prefix + "-")) {
      return new Refused<>(
          "transaction %s bears our own key %s".formatted(transactionId, key),
          "billing reconcile, which adopts what the database forgot");
    }
    return new Allowed<>(approved, replies.words());
  }

  /** With the invoice as it is under its lock. */
  public Resolution<Adopt> adopt(Approved approved, PaidElsewhere facts, LocalDate today) {
    var id = approved.transactionId();
    var invoiceId = facts.invoiceId();
    var live = facts.live();
    if (facts.known()) {
      return refused("transaction " + id + " is the charge of an attempt already", invoiceId);
    }
    if (facts.inBooks()) {
      return refused("the app's books have transaction " + id + " already", invoiceId);
    }
    if (live != null && live.state() != AttemptState.PENDING) {
      return refused(live.key() + " of the same invoice is " + live.state(), invoiceId);
    }
    var due = facts.due();
    if (due == null) {
      return refused("invoice " + invoiceId + " is not due any more", invoiceId);
    }
    var amount = approved.echo().amount();
    if (amount == null || !amount.currency().code().equals(due.currency())) {
      return refused(
          "transaction %s took %s, and the invoice is in %s".formatted(id, amount, due.currency()),
          invoiceId);
    }
    if (isSomebodyElses(approved.echo(), due)) {
      return refused(
          "transaction %s is of customer %s, and the invoice of %s"
              .formatted(id, approved.echo().customerRef(), due.customerRef()),
          invoiceId);
    }
    return new Allowed<>(
        new Adopt(order(approved, facts, due), today, 0, null), Words.of(approved));
  }

  /** Known by the customer or by the payment method; where neither is told, the person knows. */
  private static boolean isSomebodyElses(Echo echo, Invoice due) {
    var card = echo.paymentRef();
    var sameCard = card != null && card.equals(due.paymentRef());
    var otherCard = card != null && due.paymentRef() != null && !sameCard;
    return !sameCard && (Whose.isAnothers(echo, due) || (echo.customerRef() == null && otherCard));
  }

  private Order order(Approved approved, PaidElsewhere facts, Invoice due) {
    var attemptNo = facts.attempts() + 1;
    var echo = approved.echo();
    var payment = echo.paymentRef() == null ? due.paymentRef() : echo.paymentRef();
    return new Order(
        ChargeKey.of(prefix, facts.invoiceId(), attemptNo),
        facts.invoiceId(),
        attemptNo,
        installation,
        Objects.requireNonNull(echo.amount()),
        echo.customerRef(),
        payment == null ? "unknown" : payment,
        null,
        account,
        protocol);
  }

  private static Resolution<Adopt> refused(String why, String invoiceId) {
    return new Refused<>(why, "billing show " + invoiceId + " --live");
  }
}
