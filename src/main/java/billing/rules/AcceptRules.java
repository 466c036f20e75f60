package billing.rules;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Reversed.Extent;
import billing.model.Invoice;
import billing.rules.Resolution.Allowed;
import billing.rules.Resolution.NoAnswer;
import billing.rules.Resolution.Refused;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the gateway is against a person's accepting a difference. */
public final class AcceptRules {

  private AcceptRules() {}

  /**
   * Whether an invoice that was charged twice is so no more.
   *
   * @param found all that the gateway has of the invoice
   * @param paid the attempt by which it is paid here; null: it is not
   * @param released charges beside which a person allowed another one
   * @param settled the keys of attempts that are SETTLED, be they released
   */
  public static Resolution<String> chargedTwice(
      String invoiceId,
      List<GatewayReply> found,
      @Nullable Attempt paid,
      Set<String> released,
      Set<ChargeKey> settled) {
    var replies = new Replies(found);
    if (replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    // Of several, the one that is disputed is the one that its customer is getting back.
    var standing =
        new Replies(found.stream().filter(reply -> paid == null || !isDisputed(reply)).toList())
            .standing().stream()
                .filter(charge -> !released.contains(charge.transactionId()))
                .collect(
                    Collectors.toMap(Approved::transactionId, c -> c, (a, b) -> a, TreeMap::new));
    if (paid == null && !standing.isEmpty()) {
      return new Refused<>(
          "the gateway shows a charge of invoice %s that is not booked here: %s"
              .formatted(invoiceId, String.join(", ", standing.keySet())),
          standing.values().stream().anyMatch(charge -> isTwin(charge, settled))
              ? "refund it there, then the same command"
              : "refund it there, then the same command; or, once no other attempt of the invoice"
                  + " is open, and "
                  + reconcile(invoiceId));
    }
    if (standing.size() > 1) {
      return new Refused<>(
          "the gateway still shows %d charges of invoice %s: transactions %s"
              .formatted(standing.size(), invoiceId, String.join(", ", standing.keySet())),
          "refund the one too many there, then the same command");
    }
    var other = standing.isEmpty() ? null : standing.firstEntry().getValue();
    return paid != null && other != null && isOfAnotherTry(other, paid)
        ? new Refused<>(
            "the charge that is booked, %s, was given back, and transaction %s stands"
                .formatted(paid.transactionId(), other.transactionId()),
            isTwin(other, settled)
                ? "refund it there, then the same command"
                : "billing resolve --invoice %s --charge-again --because TEXT, then, "
                        .formatted(invoiceId)
                    + reconcile(invoiceId)
                    + "; or refund it there, then the same command")
        : new Allowed<>(invoiceId, replies.words());
  }

  /** A second charge under the key of one that is booked is never booked itself. */
  private static boolean isTwin(GatewayReply charge, Set<ChargeKey> settled) {
    var echo = Replies.echo(charge);
    var key = echo == null ? null : echo.chargeKey();
    return key != null && settled.stream().anyMatch(one -> one.value().equals(key));
  }

  /** Without its invoice, nobody knows whose a charge is that the database forgot. */
  private static String reconcile(String invoiceId) {
    return "once the app shows invoice %s due: billing reconcile --since DAY, which books it"
        .formatted(invoiceId);
  }

  private static boolean isOfAnotherTry(Approved charge, Attempt paid) {
    return !charge.transactionId().equals(paid.transactionId())
        && charge.echo().chargeKey() != null
        && !paid.key().value().equals(charge.echo().chargeKey());
  }

  private static boolean isDisputed(GatewayReply reply) {
    return reply instanceof Reversed reversed && reversed.extent() == Extent.DISPUTED;
  }

  /**
   * Whether an invoice can go on although the gateway has a charge of it that is not booked here:
   * not while that charge stands, or may yet.
   *
   * @param found what the gateway has under the keys of its attempts that charged nothing here, and
   *     the charge that the difference names
   * @param accounted transactions that are booked, or of somebody else
   * @param settled the keys of attempts that are SETTLED, be they released
   */
  public static Resolution<String> unknownHere(
      String invoiceId, List<GatewayReply> found, Set<String> accounted, Set<ChargeKey> settled) {
    var replies = new Replies(found);
    var open = found.stream().filter(reply -> mayStand(reply, accounted)).toList();
    if (!open.isEmpty()) {
      return new Refused<>(
          "the gateway has a charge of invoice %s under a key of ours that stands, or may yet: %s"
              .formatted(invoiceId, replies.words()),
          open.stream().anyMatch(reply -> isTwin(reply, settled))
              ? "refund or cancel it there, then the same command"
              : "refund or cancel it there, then the same command; or, where nothing else paid the"
                  + " invoice, once it is decided there and "
                  + reconcile(invoiceId));
    }
    return replies.failure().isPresent()
        ? new NoAnswer<>(replies.failure().get())
        : new Allowed<>(invoiceId, replies.words());
  }

  /** Whether the charge of that id was taken from another customer than the invoice's. */
  public static boolean isAnothers(String transactionId, List<GatewayReply> found, Invoice due) {
    return new Replies(found)
        .standing(transactionId)
        .filter(charge -> Whose.isAnothers(charge.echo(), due))
        .isPresent();
  }

  private static boolean mayStand(GatewayReply reply, Set<String> accounted) {
    if (reply.transaction().filter(accounted::contains).isPresent()) {
      return false;
    }
    return switch (Standing.of(reply)) {
      case STANDS, PARTLY, OPEN -> true;
      case NONE -> false;
      case UNCLEAR -> Standing.isUndecided(reply);
    };
  }
}
