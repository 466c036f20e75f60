package billing.rules;

import billing.model.Account;
import billing.model.AdoptionVerdict;
import billing.model.AttemptState;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Forgotten;
import billing.model.Invoice;
import billing.model.Lead;
import billing.model.Listed;
import billing.model.Money;
import billing.model.Order;
import billing.model.Remembered;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Makes an order of ours out of a charge that the database forgot, or a difference where it cannot
 * be one of ours.
 *
 * @param account whose listing it is
 * @param protocol see {@link Order}
 * @param zone the business's, in which a day begins
 */
public record AdoptionRules(String installation, Account account, int protocol, ZoneId zone) {

  /**
   * What becomes of a charge that was forgotten.
   *
   * @param due its invoice as the app has it now; null where that is not due
   */
  public AdoptionVerdict adopt(Forgotten forgotten, @Nullable Invoice due) {
    var listed = forgotten.listed();
    var lead = forgotten.lead();
    if (lead == null) {
      return unknownHere(listed, null, "its key leads back to no invoice");
    }
    var rival = forgotten.rival();
    if (rival != null && rival.attempt().state() != AttemptState.PENDING) {
      return Comparison.stands(listed)
          ? new AdoptionVerdict.Differs(Comparison.twice(listed, rival).difference())
          : unknownHere(
              listed, lead, rival.key() + " is " + rival.attempt().state() + " meanwhile");
    }
    var amount = listed.echo().amount();
    if (amount == null) {
      return unknownHere(listed, lead, "the gateway does not tell its amount");
    }
    // Invoice numbers come back after a restore: it may be about an older invoice of that number.
    if (due != null && Whose.isAnothers(listed.echo(), due)) {
      return unknownHere(
          listed,
          lead,
          "its customer is %s, and the invoice's %s"
              .formatted(listed.echo().customerRef(), due.customerRef()));
    }
    return adopt(order(listed, lead, amount, due), listed, forgotten.before());
  }

  /** With the declines before it, so that the days of its retries go on where they were. */
  private AdoptionVerdict adopt(Order order, Listed listed, @Nullable Remembered before) {
    var asOf = day(listed.at());
    if (before == null
        || before.attempt().state() != AttemptState.DECLINED
        || !before.attempt().order().paymentRef().equals(order.paymentRef())) {
      return new AdoptionVerdict.Adopt(order, asOf, 0, null);
    }
    var earlier = before.attempt();
    var first = earlier.firstDeclinedOn();
    return new AdoptionVerdict.Adopt(
        order,
        asOf,
        earlier.declinesBefore() + 1,
        first == null ? day(AttemptRules.lastSent(earlier)) : first);
  }

  private LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, zone);
  }

  private Order order(Listed listed, Lead lead, Money amount, @Nullable Invoice due) {
    var payment = listed.echo().paymentRef();
    if (payment == null && due != null) {
      payment = due.paymentRef();
    }
    return new Order(
        lead.key(),
        lead.invoiceId(),
        lead.attemptNo(),
        installation,
        amount,
        listed.echo().customerRef(),
        payment == null ? "unknown" : payment,
        null,
        account,
        protocol);
  }

  private static AdoptionVerdict unknownHere(Listed listed, @Nullable Lead lead, String why) {
    return new AdoptionVerdict.Differs(
        new Difference(
            DifferenceKind.UNKNOWN_HERE,
            listed.transactionId(),
            lead == null ? null : lead.invoiceId(),
            "transaction %s under key %s, %s %s, is not known here: %s"
                .formatted(
                    listed.transactionId(),
                    listed.echo().chargeKey(),
                    listed.echo().amount() == null ? "" : listed.echo().amount(),
                    Standing.text(listed.reply()),
                    why)));
  }
}
