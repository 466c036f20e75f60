package billing.rules;

import billing.model.GatewayReply;

/** Evidence in words, for the history that an operator reads. */
public final class Words {

  private Words() {}

  static String of(Evidence evidence) {
    return switch (evidence) {
      case Evidence.Silence() -> "no answer on record";
      case Evidence.Answer(var reply) -> "gateway: " + of(reply);
      case Evidence.Found found ->
          "looked up: " + String.join("; ", found.all().stream().map(Words::of).toList());
      case Evidence.Closing(var reply, var then) -> "cancelling there: " + of(reply);
    };
  }

  /** One reply in words. */
  public static String of(GatewayReply reply) {
    return switch (reply) {
      case GatewayReply.Approved a -> "approved, transaction " + a.transactionId();
      case GatewayReply.Declined d ->
          "declined " + (d.hard() ? "for good" : "for now") + ", " + d.code() + ": " + d.text();
      case GatewayReply.Processing p -> "accepted, to be decided; transaction " + p.transactionId();
      case GatewayReply.Undecided u when Standing.isAuthorized(u) ->
          "authorized, not captured; transaction " + u.transactionId();
      case GatewayReply.Undecided u -> "not decided; transaction " + u.transactionId();
      case GatewayReply.Closed c -> "cancelled; transaction " + c.transactionId();
      case GatewayReply.Duplicate d -> "taken for a duplicate: " + d.text();
      case GatewayReply.DuplicateOf d ->
          "taken for a duplicate of transaction " + d.transactionId() + ", key " + d.otherKey();
      case GatewayReply.Reversed r ->
          "approved once, " + r.how() + " since; transaction " + r.transactionId();
      case GatewayReply.Conflict c -> "the key is known there with another order: " + c.text();
      case GatewayReply.NotCharged n when !n.left() -> "nothing left this host: " + n.why();
      case GatewayReply.NotCharged n -> "refused before processing: " + n.why();
      case GatewayReply.AccountRefused a -> "account refused: " + a.text();
      case GatewayReply.OrderRefused o -> "order refused, " + o.code() + ": " + o.text();
      case GatewayReply.NotFound n -> "not found";
      case GatewayReply.Unknown u -> u.why();
    };
  }
}
