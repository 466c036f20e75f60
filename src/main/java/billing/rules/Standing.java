package billing.rules;

import billing.model.GatewayReply;

/** What a transaction of the gateway's listing says about the money. */
enum Standing {
  /** It was taken, and not given back. */
  STANDS,
  /** It was taken, and went back in part, or is disputed. */
  PARTLY,
  /** It may yet be taken. */
  OPEN,
  /** It was never taken, or was given back whole. */
  NONE,
  /** The listing does not say enough. */
  UNCLEAR;

  static Standing of(GatewayReply reply) {
    return switch (reply) {
      case GatewayReply.Approved a -> STANDS;
      case GatewayReply.Processing p -> OPEN;
      case GatewayReply.Undecided u -> OPEN;
      case GatewayReply.Declined d -> NONE;
      case GatewayReply.Closed c -> NONE;
      case GatewayReply.Reversed r -> r.left().isPresent() ? PARTLY : NONE;
      case GatewayReply.Duplicate d -> UNCLEAR;
      case GatewayReply.DuplicateOf d -> UNCLEAR;
      case GatewayReply.Conflict c -> UNCLEAR;
      case GatewayReply.NotCharged n -> UNCLEAR;
      case GatewayReply.AccountRefused a -> UNCLEAR;
      case GatewayReply.OrderRefused o -> UNCLEAR;
      case GatewayReply.NotFound n -> UNCLEAR;
      case GatewayReply.Unknown u -> UNCLEAR;
    };
  }

  /** Whether the gateway shows it, and does not say how it ended. */
  static boolean isUndecided(GatewayReply reply) {
    return reply instanceof GatewayReply.Unknown unknown && unknown.heard();
  }

  /** Whether it may come in without the customer's doing: a bank debit takes days. */
  static boolean isOnItsWay(GatewayReply reply) {
    return reply instanceof GatewayReply.Processing || isAuthorized(reply);
  }

  /** Whether an amount is held on the customer's card, which can be captured. */
  static boolean isAuthorized(GatewayReply reply) {
    return reply instanceof GatewayReply.Undecided undecided && undecided.heldSince() != null;
  }

  /** The same in words. */
  static String text(GatewayReply reply) {
    return switch (of(reply)) {
      case STANDS -> "approved";
      case OPEN -> "not decided yet";
      case PARTLY, NONE -> ended(reply);
      case UNCLEAR -> "of unclear outcome";
    };
  }

  private static String ended(GatewayReply reply) {
    if (reply instanceof GatewayReply.Reversed reversed) {
      return reversed.how();
    }
    return reply instanceof GatewayReply.Declined ? "declined" : "cancelled";
  }
}
