package billing.modelcheck;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of a state, as a fingerprint of 128 bits: two states with the same form have
 * the same future. Times go in as distances from now, and those further back than anything can tell
 * apart are the same.
 */
public final class Form {

  /** 128 bits: among ten million states the chance that any two are taken for one is 1e-25. */
  public record Print(long high, long low) {}

  /** Seconds ahead beyond which nothing is waited for. */
  private static final long FAR = 100;

  private long high = 0x243F6A8885A308D3L;
  private long low = 0x13198A2E03707344L;
  private final long oldest;

  /**
   * An empty one.
   *
   * @param oldest seconds; what is longer ago is all the same
   */
  public Form(long oldest) {
    this.oldest = oldest;
  }

  public Form put(long value) {
    high = Long.rotateLeft((high ^ value) * 0x9E3779B97F4A7C15L, 31) + low;
    low = Long.rotateLeft((low + value) * 0xC2B2AE3D27D4EB4FL, 27) ^ high;
    return this;
  }

  Form put(Print part) {
    return put(part.high()).put(part.low());
  }

  public Form put(boolean value) {
    return put(value ? 1 : 2);
  }

  public Form put(@Nullable String text) {
    return text == null ? put(-1) : put(((long) text.length() << 32) ^ text.hashCode());
  }

  public Form put(Enum<?> value) {
    return put(value.name().hashCode());
  }

  /** A moment as seen from now, which is a whole second. */
  public Form put(@Nullable Instant at, Instant now) {
    return at == null
        ? put(Long.MIN_VALUE)
        : put(Math.clamp(at.getEpochSecond() - now.getEpochSecond(), -oldest, FAR));
  }

  /** The same for one that is looked further back to. */
  public Form put(@Nullable Instant at, Instant now, long furthest) {
    return at == null
        ? put(Long.MIN_VALUE)
        : put(Math.clamp(at.getEpochSecond() - now.getEpochSecond(), -furthest, FAR));
  }

  /** How long after another a moment was, as far as it matters. */
  public Form since(@Nullable Instant before, Instant after) {
    return before == null
        ? put(Long.MIN_VALUE)
        : put(Math.clamp(after.getEpochSecond() - before.getEpochSecond(), -oldest, oldest));
  }

  public Print print() {
    var one = (high ^ (low >>> 29)) * 0xBF58476D1CE4E5B9L;
    var two = (low ^ (high >>> 31)) * 0x94D049BB133111EBL;
    return new Print(one ^ (two >>> 32), two ^ (one >>> 27));
  }
}
