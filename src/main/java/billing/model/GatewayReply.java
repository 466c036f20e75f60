package billing.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange with the gateway proved about one attempt.
 *
 * <p>The line that matters runs between knowing and not knowing. An adapter in doubt answers {@link
 * Unknown}: a needless one costs a question, a wrong {@link NotCharged} charges a customer twice.
 */
public sealed interface GatewayReply {

  /** Of a question: whether it was not answered, which proves nothing, not even absence. */
  default boolean isNoAnswer() {
    return this instanceof AccountRefused || (this instanceof Unknown unknown && !unknown.heard());
  }

  /** Whether to any of the questions that these came of there was no answer. */
  static boolean isUnanswered(List<GatewayReply> all) {
    return all.stream().anyMatch(GatewayReply::isNoAnswer);
  }

  /** Whether it speaks of that transaction as the attempt's. */
  default boolean names(String transactionId) {
    return transaction().filter(transactionId::equals).isPresent();
  }

  /**
   * The transaction of the attempt that it speaks of, be it only one that could still become a
   * charge; empty where it names none. The one of {@link DuplicateOf} is another attempt's.
   */
  default Optional<String> transaction() {
    return switch (this) {
      case Approved a -> Optional.of(a.transactionId());
      case Declined d -> Optional.ofNullable(d.openDoor());
      case Processing p -> Optional.of(p.transactionId());
      case Undecided u -> Optional.of(u.transactionId());
      case Closed c -> Optional.of(c.transactionId());
      case Reversed r -> Optional.of(r.transactionId());
      case Duplicate d -> Optional.empty();
      case DuplicateOf d -> Optional.empty();
      case Conflict c -> Optional.empty();
      case NotCharged n -> Optional.empty();
      case AccountRefused a -> Optional.empty();
      case OrderRefused o -> Optional.empty();
      case NotFound n -> Optional.empty();
      case Unknown u -> Optional.empty();
    };
  }

  /** The gateway took the money and filed it under its own transaction id. */
  record Approved(String transactionId, Echo echo, @Nullable Instant at) implements GatewayReply {}

  /**
   * The gateway refused the payment method. A hard refusal (stolen card) stays refused; a soft one
   * may change.
   *
   * @param openDoor the transaction that could still be turned into a charge and must be cancelled
   *     before the no is written; null where there is none
   * @param at when the gateway decided, where it says so
   */
  record Declined(
      String code,
      String text,
      boolean hard,
      @Nullable String openDoor,
      @Nullable Echo echo,
      @Nullable Instant at)
      implements GatewayReply {}

  /** Accepted, with the outcome days away (bank debits) or in a person's hands there. */
  record Processing(String transactionId, Echo echo, Instant deadline) implements GatewayReply {}

  /**
   * Neither charged nor refused, and somebody could still make a charge of it.
   *
   * @param heldSince when the amount was authorized, so that it can be captured without the
   *     customer; null where nothing is held. UTC
   */
  record Undecided(String transactionId, Echo echo, @Nullable Instant heldSince)
      implements GatewayReply {

    public Undecided(String transactionId, Echo echo) {
      this(transactionId, echo, null);
    }
  }

  /** Cancelled there, never charged: it can become a charge no more. */
  record Closed(String transactionId) implements GatewayReply {}

  /** It looked like another one to the gateway, which did not say which. */
  record Duplicate(String text) implements GatewayReply {}

  /** The other one was found, and it bears another key: this send charged nothing. */
  record DuplicateOf(String transactionId, String otherKey) implements GatewayReply {}

  /**
   * It was approved once, and voided, refunded or disputed since, in part or whole.
   *
   * @param how what became of it, in the same words for as long as nothing more does
   */
  record Reversed(String transactionId, Echo echo, Extent extent, String how)
      implements GatewayReply {

    /** How much of it went back. */
    public enum Extent {
      ALL,
      /** The rest of it stands. */
      PART,
      /** The customer's bank took it back, and gives it back again where we win. */
      DISPUTED
    }

    /** The charge that is still there in part, or may come back; empty: nothing is left of it. */
    public Optional<Approved> left() {
      return extent == Extent.ALL
          ? Optional.empty()
          : Optional.of(new Approved(transactionId, echo, null));
    }
  }

  /** Our key is known there with other parameters. */
  record Conflict(String text) implements GatewayReply {}

  /** Proof that this exchange moved no money. */
  record NotCharged(String why, Proof proof) implements GatewayReply {

    /** What the proof is. */
    public enum Proof {
      /** The permit ran out before the send's turn came: nothing is said about the gateway. */
      TOO_LATE,
      /** No byte of the body left this process: the gateway could not be reached. */
      NEVER_LEFT,
      /** It left, and the gateway refused it before processing (throttled). */
      THROTTLED
    }

    /** Whether a request left this process at all. */
    public boolean left() {
      return proof == Proof.THROTTLED;
    }
  }

  /** The gateway takes nothing from this account: credentials, permissions, our request's form. */
  record AccountRefused(String text) implements GatewayReply {}

  /** The gateway does not take this order: its amount, currency, customer or card is not known. */
  record OrderRefused(String code, String text) implements GatewayReply {}

  /** Asked about our charge key, the gateway has nothing under it. */
  record NotFound() implements GatewayReply {}

  /**
   * The request may have arrived: a timeout, a reset, a 5xx, a body that we could not read.
   *
   * @param stored true where the gateway stored this failure under our key and may resolve it later
   *     either way, so that absence proves nothing
   * @param heard true where a question was answered, and the answer leaves everything open: the
   *     gateway shows the transaction, and does not say how it ended
   */
  record Unknown(String why, boolean stored, boolean heard) implements GatewayReply {

    public Unknown(String why, boolean stored) {
      this(why, stored, false);
    }
  }
}
