package billing.rules;

import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.rules.Resolution.Allowed;
import billing.rules.Resolution.NoAnswer;
import billing.rules.Resolution.Refused;
import java.util.List;

/** Whether the gateway is against a person's accepting a difference. */
public final class AcceptRules {

  private AcceptRules() {}

  /**
   * Whether an invoice that was charged twice is so no more.
   *
   * @param found all that the gateway has under the keys of all its attempts
   * @param released how many of its attempts a person has released, and so allowed one more for
   */
  public static Resolution<String> chargedTwice(
      String invoiceId, List<GatewayReply> found, int released) {
    var replies = new Replies(found);
    if (replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    var standing =
        replies.approved().stream().map(Approved::transactionId).distinct().sorted().toList();
    return standing.size() > 1 + released
        ? new Refused<>(
            "the gateway still shows %d charges of invoice %s: transactions %s"
                .formatted(standing.size(), invoiceId, String.join(", ", standing)),
            "refund the one too many there, then the same command")
        : new Allowed<>(invoiceId, replies.words());
  }

  /**
   * Whether an invoice can go on although the gateway has a charge of it that the database does not
   * know: not while that charge stands, or may yet.
   *
   * @param found all that the gateway has under the keys of its attempts that charged nothing here
   */
  public static Resolution<String> unknownHere(String invoiceId, List<GatewayReply> found) {
    var replies = new Replies(found);
    if (replies.failure().isPresent()) {
      return new NoAnswer<>(replies.failure().get());
    }
    var mayStand =
        found.stream()
            .map(Standing::of)
            .anyMatch(standing -> standing == Standing.STANDS || standing == Standing.OPEN);
    return mayStand
        ? new Refused<>(
            "the gateway has a charge of invoice %s under a key of ours that stands, or is not"
                    .formatted(invoiceId)
                + " decided yet: "
                + replies.words(),
            "once it is decided there: billing reconcile --since DAY, which books it if it stands")
        : new Allowed<>(invoiceId, replies.words());
  }
}
