package billing.rules;

import billing.model.Currency;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Processing;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Undecided;
import billing.model.Invoice;
import billing.model.Listed;
import billing.model.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody else's charge may have to do with an invoice that is due. */
public final class ElsewhereRules {

  private ElsewhereRules() {}

  /**
   * The day until which an invoice that falls due can have been paid already: who pays at once pays
   * before it is due, and no later listing shows that charge.
   */
  public static LocalDate payable(LocalDate today) {
    return today.plusDays(Limits.PAYMENT_TERM_DAYS);
  }

  /**
   * Who paid how much, or is to: a charge may be what an invoice was paid with where they have one
   * of these in common.
   *
   * @param ref the gateway's, of a customer or of a payment method
   */
  public record Payer(Money amount, boolean isCustomer, String ref) {}

  /** None where the charge tells no amount, or neither customer nor payment method. */
  public static List<Payer> payers(Listed listed) {
    var echo = listed.echo();
    return payers(echo.amount(), echo.customerRef(), echo.paymentRef());
  }

  /** None where the invoice asks for what nobody can be charged. */
  public static List<Payer> payers(Invoice due) {
    var amount =
        Currency.of(due.currency()).flatMap(currency -> Money.exactly(due.amountDue(), currency));
    return payers(amount.orElse(null), due.customerRef(), due.paymentRef());
  }

  private static List<Payer> payers(
      @Nullable Money amount, @Nullable String customer, @Nullable String method) {
    var payers = new ArrayList<Payer>();
    if (amount != null && customer != null) {
      payers.add(new Payer(amount, true, customer));
    }
    if (amount != null && method != null) {
      payers.add(new Payer(amount, false, method));
    }
    return payers;
  }

  /** Whether a charge elsewhere has paid nothing in the end, and will not any more. */
  public static boolean paidNothing(GatewayReply reply, Instant now) {
    return Standing.of(reply) == Standing.NONE
        || (reply instanceof Undecided(var id, var echo, var held)
            && held != null
            && held.plus(Limits.AUTHORIZATION).isBefore(now));
  }

  /** A charge elsewhere, about one of the invoices that it may have paid. */
  public static Difference elsewhere(Listed listed, Invoice due) {
    return new Difference(
        DifferenceKind.CHARGED_ELSEWHERE,
        listed.transactionId() + " " + due.id(),
        due.id(),
        "transaction %s %s, without a key of ours, and the app's books do not have it"
            .formatted(listed.transactionId(), taken(listed)));
  }

  /** The transaction with which the subject of such a difference begins. */
  public static String transaction(String subject) {
    return subject.split(" ", 2)[0];
  }

  private static String taken(Listed listed) {
    var amount = listed.echo().amount();
    if (listed.reply() instanceof Processing) {
      return "is taking %s from the same customer since %s".formatted(amount, listed.at());
    }
    if (Standing.isAuthorized(listed.reply())) {
      return "holds %s of the same customer since %s, and is not captured"
          .formatted(amount, listed.at());
    }
    if (Standing.isUndecided(listed.reply())) {
      return "may be taking %s from the same customer since %s".formatted(amount, listed.at());
    }
    var back = listed.reply() instanceof Reversed some ? ", " + some.how() + " since" : "";
    return "took %s from the same customer on %s%s".formatted(amount, listed.at(), back);
  }
}
