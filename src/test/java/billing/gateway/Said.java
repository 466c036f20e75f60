package billing.gateway;

import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Closed;
import billing.model.GatewayReply.Conflict;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Duplicate;
import billing.model.GatewayReply.DuplicateOf;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Processing;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Undecided;
import billing.model.GatewayReply.Unknown;
import org.jspecify.annotations.Nullable;

/** What a reply proved, in the few words that a table has room for. */
public final class Said {

  private Said() {}

  public static String of(GatewayReply reply) {
    return switch (reply) {
      case Approved a -> "Approved " + a.transactionId();
      case Declined d ->
          "Declined " + d.code() + (d.hard() ? " hard" : " soft") + door(d.openDoor());
      case Processing p -> "Processing " + p.transactionId();
      case Undecided u -> "Undecided " + u.transactionId() + (u.heldSince() == null ? "" : " held");
      case Closed c -> "Closed " + c.transactionId();
      case Duplicate d -> "Duplicate";
      case DuplicateOf d -> "DuplicateOf " + d.transactionId() + " " + d.otherKey();
      case Reversed r -> "Reversed " + r.transactionId() + extent(r.extent());
      case Conflict c -> "Conflict";
      case NotCharged n -> "NotCharged" + (n.left() ? "" : " never left");
      case AccountRefused a -> "AccountRefused";
      case OrderRefused o -> "OrderRefused " + o.code();
      case NotFound n -> "NotFound";
      case Unknown u -> "Unknown" + (u.stored() ? " stored" : "");
    };
  }

  private static String extent(Reversed.Extent extent) {
    return switch (extent) {
      case ALL -> "";
      case PART -> " in part";
      case DISPUTED -> " disputed";
    };
  }

  private static String door(@Nullable String door) {
    return door == null ? "" : " door " + door;
  }
}
