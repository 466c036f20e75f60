package billing.sandbox;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers that no other sandbox gives out, since transaction ids are unique for ever. */
final class Ids {

  private final AtomicLong last = new AtomicLong(System.currentTimeMillis() * 10);

  /** Decimal, 14 digits. */
  String number() {
    return Long.toString(last.incrementAndGet());
  }

  /** {@code pi_3S...}, {@code ch_3S...}. */
  String of(String prefix) {
    var digits = Long.toString(last.incrementAndGet(), 36).toUpperCase(Locale.ROOT);
    return prefix + "_3Sbx" + digits;
  }
}
