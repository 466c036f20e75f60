package billing.run;

import billing.model.ChargeKey;
import billing.rules.Finding;
import billing.rules.RunState;
import billing.store.Database;
import billing.store.Leftovers;
import billing.store.Leftovers.Left;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a charge run leaves PENDING, and what is to be reported of it: none is left silently. */
final class StillDue {

  private StillDue() {}

  /** Null where a finding ended the run, which tells why, or where it was to charge nothing. */
  static @Nullable Left after(
      long run, RunState state, ChargeOrder order, Database database, int limit) {
    if (!state.findings().isEmpty() || order.limit() == 0) {
      return null;
    }
    var full = state.claimed() >= order.limit();
    return new Leftovers(database).of(run, order.only(), full, state.siblingsInDoubt(), limit);
  }

  /** Their invoices are due and not charged, and nothing else shows why. */
  static String behind(Set<ChargeKey> siblings, int limit) {
    return "%d invoices wait, since an earlier attempt may still turn out to be charged: %s"
        .formatted(
            siblings.size(),
            siblings.stream()
                .map(ChargeKey::value)
                .sorted()
                .limit(limit)
                .collect(Collectors.joining(", ")));
  }

  /** A row that the app keeps locked is a matter of its database, be it one or all of them. */
  static Set<Finding> findings(@Nullable Left left) {
    var findings = EnumSet.noneOf(Finding.class);
    if (left != null && left.locked() > 0) {
      findings.add(Finding.DATABASE_BUSY);
    }
    if (left != null && left.total() > left.locked()) {
      findings.add(Finding.WAITING);
    }
    return findings;
  }
}
