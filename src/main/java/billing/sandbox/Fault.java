package billing.sandbox;

import java.time.Duration;
import java.util.Optional;

/**
 * What goes wrong with one request.
 *
 * @param delay for the kinds that take time; zero else
 */
public record Fault(Kind kind, Duration delay) {

  public static final Fault NONE = of(Kind.NONE);

  public static Fault of(Kind kind) {
    return new Fault(kind, Duration.ZERO);
  }

  public static Fault of(Kind kind, Duration delay) {
    return new Fault(kind, delay);
  }

  /** Every fault, by the name that the option {@code --faults} knows. */
  public enum Kind {
    NONE("none"),

    // The request never takes effect.
    /** The connection is reset once the request has been read. */
    RESET_BEFORE("reset-before"),
    /** The connection is closed in good order, without a word. */
    CLOSED_BEFORE("closed-before"),
    /** Nothing is ever answered. */
    SILENT_BEFORE("silent-before"),
    /** The connection is reset, and new ones are refused for the delay. */
    OUTAGE("outage"),

    // The request takes effect, late or twice.
    /** It is on its way for the delay, takes effect then, and is answered if anybody listens. */
    EFFECT_LATE("effect-late"),
    /** The network delivers it twice; the second time after the delay. */
    TWICE("twice"),
    /** Something on the way sends it once more, and passes on the second answer alone. */
    REPEATED("repeated"),

    // The request takes effect, and its reply is lost or spoilt.
    RESET_AFTER("reset-after"),
    CLOSED_AFTER("closed-after"),
    SILENT_AFTER("silent-after"),
    /** The reply leaves after the delay. */
    REPLY_LATE("reply-late"),
    /** A page of HTML under the status 200, as a proxy would send it. */
    GARBAGE("garbage"),
    /** An empty body under the status 200. */
    EMPTY("empty"),
    /** Half of the body, then the connection is closed. */
    TRUNCATED("truncated"),
    /** A body of 16 MiB, with the right reply at its beginning. */
    OVERSIZED("oversized"),
    /** The body is longer than its Content-Length says. */
    WRONG_LENGTH("wrong-length"),
    /** A byte at a time, with the delay between them. */
    DRIP("drip"),

    // The gateway's own failures, in its own words.
    /** Refused before processing: too many requests. */
    THROTTLED("throttled"),
    /** HTTP 429 of something before the gateway. */
    HTTP_429("http-429"),
    /** HTTP 503 before processing, not stored. */
    UNAVAILABLE("unavailable"),
    /** HTTP 500 without effect; a gateway with idempotency keys stores it. */
    ERROR_BEFORE("error-before"),
    /** HTTP 500 though it took effect; stored likewise. */
    ERROR_AFTER("error-after"),
    /** HTTP 500; it takes effect after the delay. */
    ERROR_ROLLED_FORWARD("error-rolled-forward"),
    /** HTTP 500 though it took effect; after the delay that is undone. */
    ERROR_ROLLED_BACK("error-rolled-back"),
    /** The gateway could not reach the processor, and nothing was charged. */
    UNSURE_BEFORE("unsure-before"),
    /** The gateway says the same, but it was charged. */
    UNSURE_AFTER("unsure-after"),
    /** The processor takes it for a duplicate. */
    DUPLICATE("duplicate"),
    /** Declined for want of funds. */
    DECLINE("decline"),
    /** Held for review: accepted, and decided later by hand. */
    HELD("held"),

    // Only of lookups.
    /** It does not show what is younger than the delay. */
    LOOKUP_STALE("stale"),
    /** It fails in the gateway's own words. */
    LOOKUP_FAILS("lookup-fails");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** The name as {@code --faults} spells it. */
    public String text() {
      return text;
    }

    /** Which requests it strikes where nothing is said. */
    Operation usual() {
      return this == LOOKUP_STALE || this == LOOKUP_FAILS ? Operation.LOOKUP : Operation.CHARGE;
    }

    /** Whether it makes no sense without a delay. */
    boolean takesTime() {
      return switch (this) {
        case OUTAGE, EFFECT_LATE, REPLY_LATE, DRIP, ERROR_ROLLED_FORWARD, LOOKUP_STALE -> true;
        case NONE,
            RESET_BEFORE,
            CLOSED_BEFORE,
            SILENT_BEFORE,
            TWICE,
            REPEATED,
            RESET_AFTER,
            CLOSED_AFTER,
            SILENT_AFTER,
            GARBAGE,
            EMPTY,
            TRUNCATED,
            OVERSIZED,
            WRONG_LENGTH,
            THROTTLED,
            HTTP_429,
            UNAVAILABLE,
            ERROR_BEFORE,
            ERROR_AFTER,
            ERROR_ROLLED_BACK,
            UNSURE_BEFORE,
            UNSURE_AFTER,
            DUPLICATE,
            DECLINE,
            HELD,
            LOOKUP_FAILS ->
            false;
      };
    }

    /** Whether the charge may come, or come again, when the exchange has long ended. */
    boolean takesEffectLate() {
      return this == EFFECT_LATE || this == TWICE || this == ERROR_ROLLED_FORWARD;
    }

    static Optional<Kind> of(String text) {
      for (var kind : values()) {
        if (kind.text.equals(text)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }
}
