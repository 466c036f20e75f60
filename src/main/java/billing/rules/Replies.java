package billing.rules;

import billing.model.Echo;
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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The gateway's replies about one attempt, as a person's decision looks at them. */
final class Replies {

  private final List<GatewayReply> all;

  Replies(List<GatewayReply> all) {
    this.all = List.copyOf(all);
  }

  String words() {
    return String.join("; ", all.stream().map(Words::of).toList());
  }

  /** Charges that were taken and not given back, or not all of it. */
  List<Approved> standing() {
    return all.stream().flatMap(reply -> standing(reply).stream()).toList();
  }

  private static Optional<Approved> standing(GatewayReply reply) {
    if (reply instanceof Reversed reversed) {
      return reversed.left();
    }
    return reply instanceof Approved approved ? Optional.of(approved) : Optional.empty();
  }

  /** The charge of that id, if it stands. */
  Optional<Approved> standing(String transactionId) {
    return standing().stream().filter(a -> a.transactionId().equals(transactionId)).findFirst();
  }

  Optional<Reversed> reversed() {
    return all.stream().filter(Reversed.class::isInstance).map(Reversed.class::cast).findFirst();
  }

  Optional<Processing> processing() {
    return all.stream()
        .filter(Processing.class::isInstance)
        .map(Processing.class::cast)
        .findFirst();
  }

  boolean nothing() {
    return all.stream().allMatch(NotFound.class::isInstance);
  }

  /** A transaction that could still become a charge and can be cancelled there. */
  Optional<String> openDoor() {
    return all.stream().flatMap(reply -> Optional.ofNullable(door(reply)).stream()).findFirst();
  }

  private static @Nullable String door(GatewayReply reply) {
    return switch (reply) {
      case Undecided u -> u.transactionId();
      case Declined d -> d.openDoor();
      default -> null;
    };
  }

  /** What it tells of its charge; null where it tells nothing. */
  static @Nullable Echo echo(GatewayReply reply) {
    return switch (reply) {
      case Approved a -> a.echo();
      case Declined d -> d.echo();
      case Processing p -> p.echo();
      case Undecided u -> u.echo();
      case Reversed r -> r.echo();
      case Closed c -> null;
      case Duplicate d -> null;
      case DuplicateOf d -> null;
      case Conflict c -> null;
      case NotCharged n -> null;
      case AccountRefused a -> null;
      case OrderRefused o -> null;
      case NotFound n -> null;
      case Unknown u -> null;
    };
  }

  Optional<GatewayReply> of(String transactionId) {
    return all.stream().filter(reply -> reply.names(transactionId)).findFirst();
  }

  /** Why the question was not answered; empty where it was. */
  Optional<String> failure() {
    return all.stream().flatMap(reply -> failure(reply).stream()).findFirst();
  }

  private static Optional<String> failure(GatewayReply reply) {
    return switch (reply) {
      case Unknown(var why, var stored, var heard) -> Optional.of(why);
      case AccountRefused(var text) -> Optional.of("it refused the question: " + text);
      case Duplicate(var text) -> Optional.of(text);
      case Conflict(var text) -> Optional.of(text);
      case NotCharged(var why, var left) -> Optional.of(why);
      case OrderRefused(var code, var text) -> Optional.of(text);
      case Approved a -> Optional.empty();
      case Declined d -> Optional.empty();
      case Processing p -> Optional.empty();
      case Undecided u -> Optional.empty();
      case Closed c -> Optional.empty();
      case DuplicateOf d -> Optional.empty();
      case Reversed r -> Optional.empty();
      case NotFound n -> Optional.empty();
    };
  }
}
