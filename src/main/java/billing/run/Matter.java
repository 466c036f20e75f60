package billing.run;

import billing.store.Resolutions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One thing that a person decides: looked at under the lock, then decided behind the fence. */
interface Matter {

  /**
   * What was decided before, in a sentence; empty: it is still to be decided.
   *
   * @throws RunRefused where there is no such thing, or it cannot be decided so
   */
  Optional<String> before();

  /**
   * Asks the gateway and does it; what was done, in a sentence.
   *
   * @throws RunRefused where the gateway, or the state of things, is against it
   */
  String decide(Resolutions resolutions);

  /** The invoice that it is about; null where it is about none. Only after {@link #before}. */
  @Nullable String invoiceId();

  /** Whether customers are told something by it. */
  boolean tells();
}
