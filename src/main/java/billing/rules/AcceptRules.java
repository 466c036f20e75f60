package billing.rules;

import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Reversed.Extent;
import billing.model.GatewayReply.Unknown;
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
   */
  public static Resolution<String> chargedTwice(
      String invoiceId, List<GatewayReply> found, @Nullable Attempt paid, Set<String> released) {
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
          "refund it there, then the same command; or, once no other attempt of the invoice is"
              + " open: billing reconcile --since DAY, which books it");
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
            "billing resolve --invoice %s --charge-again --because TEXT, then billing reconcile"
                    .formatted(invoiceId)
                + " --since DAY, which books it; or refund it there")
        : new Allowed<>(invoiceId, replies.words());
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
   */
  public static Resolution<String> unknownHere(
      String invoiceId, List<GatewayReply> found, Set<String> accounted) {
    var replies = new Replies(found);
    if (found.stream().anyMatch(reply -> mayStand(reply, accounted))) {
      return new Refused<>(
          "the gateway has a charge of invoice %s under a key of ours that stands, or may yet: %s"
              .formatted(invoiceId, replies.words()),
          "refund or cancel it there; or, where nothing else paid the invoice, and once it is"
              + " decided there: billing reconcile --since DAY, which books it");
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
      case UNCLEAR -> reply instanceof Unknown unknown && unknown.heard();
    };
  }
}
