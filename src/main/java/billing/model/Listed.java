package billing.model;

import java.time.Instant;

/**
 * One transaction of the account as the gateway's listing shows it, ours or anybody's.
 *
 * @param transactionId by which the gateway calls it: the same id that a charge's reply bears
 * @param reply what it proves, in the words of a lookup: Approved, Declined, Processing, Undecided,
 *     Reversed, Closed, or Unknown where the listing does not say enough
 * @param echo what the wire tells of it, also where the reply has no room for that; without a key
 *     where it was not made by this program
 * @param at when it was made, on the gateway's clock; UTC
 * @param takenAt when the money of somebody else's was taken: then, or where the gateway tells that
 *     apart, when it was captured; UTC
 */
public record Listed(
    String transactionId, GatewayReply reply, Echo echo, Instant at, Instant takenAt) {

  public Listed(String transactionId, GatewayReply reply, Echo echo, Instant at) {
    this(transactionId, reply, echo, at, at);
  }
}
