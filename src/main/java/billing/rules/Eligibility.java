package billing.rules;

import billing.model.Account;
import billing.model.Admission;
import billing.model.Admission.Differs;
import billing.model.Admission.Enqueue;
import billing.model.Admission.Reason;
import billing.model.Admission.Skip;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ClaimVerdict;
import billing.model.Currency;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Money;
import billing.model.Order;
import billing.model.Past;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a due invoice may be charged, asked twice: when it is queued, and again under its row
 * lock when it is claimed.
 *
 * @param maxAmounts the largest amount per invoice, in minor units by currency; none: no limit
 */
public record Eligibility(
    String installation, Account account, int protocol, Map<Currency, Long> maxAmounts) {

  private static final Pattern ID = Pattern.compile("[!-~]([ -~]{0,62}[!-~])?");

  public Eligibility {
    maxAmounts = Map.copyOf(maxAmounts);
  }

  /** Whether it was sent to the account that is asked: no other's word about it is evidence. */
  public boolean isAskedHere(Attempt attempt) {
    return attempt.order().wentTo(account, installation);
  }

  /** What becomes of a due invoice on that day, given what we remember of it. */
  public Admission admit(Invoice invoice, Past past, LocalDate asOf) {
    if (past.latest() == AttemptState.PENDING
        || past.latest() == AttemptState.SENT
        || past.latest() == AttemptState.REVIEW) {
      return new Skip(Reason.LIVE, null);
    }
    if (past.openDifference()) {
      return new Skip(Reason.BLOCKED, null);
    }
    if (past.settled()) {
      return new Differs(
          difference(invoice, DifferenceKind.DUE_AGAIN, "was charged and booked, and is due now"));
    }
    if (invoice.paymentRef() == null) {
      return new Skip(Reason.NO_PAYMENT_METHOD, null);
    }
    return switch (price(invoice)) {
      case Price.Unfit(var why) ->
          new Differs(difference(invoice, DifferenceKind.NOT_CHARGEABLE, why));
      case Price.Fit(var amount) -> admit(invoice, amount, past, asOf);
    };
  }

  private static Admission admit(Invoice invoice, Money amount, Past past, LocalDate asOf) {
    var attemptNo = past.attempts() + 1;
    if (!Objects.equals(past.paymentRef(), invoice.paymentRef())) {
      return new Enqueue(amount, attemptNo, 0, null);
    }
    if (past.latest() == AttemptState.DECLINED) {
      if (past.hard()) {
        return new Skip(Reason.HARD_DECLINED, null);
      }
      if (past.retryOn() == null) {
        return new Skip(Reason.RETRIES_USED_UP, null);
      }
      if (asOf.isBefore(past.retryOn())) {
        return new Skip(Reason.RETRY_DAY, past.retryOn());
      }
    }
    return new Enqueue(amount, attemptNo, past.declines(), past.firstDeclinedOn());
  }

  /**
   * The re-check at the claim.
   *
   * @param invoice the row as it is under its lock; null where it is no longer due
   */
  public ClaimVerdict recheck(Attempt attempt, @Nullable Invoice invoice) {
    if (invoice == null) {
      return new ClaimVerdict.Cancel("no longer due");
    }
    if (invoice.paymentRef() == null) {
      return new ClaimVerdict.Cancel("its payment method is gone");
    }
    return switch (price(invoice)) {
      case Price.Unfit(var why) ->
          new ClaimVerdict.Differs(difference(invoice, DifferenceKind.NOT_CHARGEABLE, why));
      case Price.Fit(var amount) ->
          attempt.sendNo() == 0
              ? new ClaimVerdict.Send(order(attempt, invoice, amount, invoice.paymentRef()))
              : repeat(attempt.order(), invoice, amount);
    };
  }

  /** A repeat asks for exactly what was asked before, or for nothing. */
  private ClaimVerdict repeat(Order frozen, Invoice invoice, Money amount) {
    if (!frozen.amount().equals(amount)) {
      return changed("amount");
    }
    if (!Objects.equals(frozen.customerRef(), invoice.customerRef())) {
      return changed("customer");
    }
    if (!frozen.paymentRef().equals(invoice.paymentRef())) {
      return changed("payment method");
    }
    if (!frozen.wentTo(account, installation) || frozen.protocol() != protocol) {
      return changed("gateway account");
    }
    return new ClaimVerdict.Send(frozen);
  }

  private static ClaimVerdict changed(String what) {
    return new ClaimVerdict.Cancel("the " + what + " changed after a send that did not exist");
  }

  private Order order(Attempt attempt, Invoice invoice, Money amount, String paymentRef) {
    return new Order(
        attempt.key(),
        invoice.id(),
        attempt.order().attemptNo(),
        installation,
        amount,
        invoice.customerRef(),
        paymentRef,
        invoice.description(),
        account,
        protocol);
  }

  /** An amount that can be asked for, or why there is none. */
  private sealed interface Price {
    record Fit(Money amount) implements Price {}

    record Unfit(String why) implements Price {}
  }

  private Price price(Invoice invoice) {
    if (!ID.matcher(invoice.id()).matches()) {
      return new Price.Unfit("its id is not 1 to 64 printable ASCII characters");
    }
    var currency = Currency.of(invoice.currency());
    if (currency.isEmpty()) {
      return new Price.Unfit("'" + invoice.currency() + "' is no ISO 4217 currency");
    }
    var amount = Money.exactly(invoice.amountDue(), currency.get());
    if (amount.isEmpty()) {
      return new Price.Unfit(
          invoice.amountDue().toPlainString() + " does not fit the decimals of " + currency.get());
    }
    if (amount.get().minor() <= 0) {
      return new Price.Unfit("its amount due, " + amount.get() + ", is not above zero");
    }
    var max = maxAmounts.get(currency.get());
    if (max != null && amount.get().minor() > max) {
      return new Price.Unfit(
          amount.get()
              + " is over charge.max-amount."
              + currency.get()
              + " ("
              + new Money(max, currency.get())
              + ")");
    }
    return new Price.Fit(amount.get());
  }

  private static Difference difference(Invoice invoice, DifferenceKind kind, String why) {
    return new Difference(kind, invoice.id(), invoice.id(), why);
  }
}
