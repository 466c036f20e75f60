package billing.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's idempotency layer (its documentation, "Idempotent requests"): under a key the first
 * execution's status and body come back for as long as keys live, failures included; what never
 * began to be executed is not kept.
 */
final class StripeKeys {

  /** What the layer says to a request with a key. */
  sealed interface Claim {
    /** Execute it, and {@link #store} or {@link #release}. */
    record Fresh() implements Claim {}

    record Replay(Reply reply, String requestId) implements Claim {}

    record InFlight() implements Claim {}

    record Mismatch(String what) implements Claim {}
  }

  private record Kept(
      String path, Map<String, String> params, Instant at, @Nullable Reply reply, String request) {}

  private record Name(String account, boolean live, String key) {}

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Name, Kept> kept = new HashMap<>();

  StripeKeys(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The request's turn under its key.
   *
   * @param life how long a key is remembered: 24 hours at Stripe
   */
  Claim claim(Merchant merchant, String key, Duration life, Request request, String requestId) {
    var name = new Name(merchant.id(), merchant.live(), key);
    var now = clock.instant();
    lock.lock();
    try {
      var old = kept.get(name);
      if (old == null || !old.at().plus(life).isAfter(now)) {
        kept.put(name, new Kept(request.path(), request.form().fields(), now, null, requestId));
        return new Claim.Fresh();
      }
      if (!old.path().equals(request.path())) {
        return new Claim.Mismatch("endpoint (" + old.path() + ")");
      }
      if (!old.params().equals(request.form().fields())) {
        return new Claim.Mismatch("parameters");
      }
      return old.reply() == null
          ? new Claim.InFlight()
          : new Claim.Replay(old.reply(), old.request());
    } finally {
      lock.unlock();
    }
  }

  void store(Merchant merchant, String key, Reply reply) {
    var name = new Name(merchant.id(), merchant.live(), key);
    lock.lock();
    try {
      kept.computeIfPresent(
          name, (n, old) -> new Kept(old.path(), old.params(), old.at(), reply, old.request()));
    } finally {
      lock.unlock();
    }
  }

  void release(Merchant merchant, String key) {
    lock.lock();
    try {
      kept.remove(new Name(merchant.id(), merchant.live(), key));
    } finally {
      lock.unlock();
    }
  }
}
