package billing.store;

import billing.model.Currency;
import billing.model.Money;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What was claimed for a date, held against {@code charge.max-total}. Counted by the database,
 * since a second run for the date counts on; but only when what this run remembers, which never
 * falls, would go over: a count over a million attempts is not made for every batch.
 */
final class Totals {

  private static final Sql TOTAL = Sql.load("attempt/total");

  /** Never less than the truth; null before the first count. */
  private @Nullable Map<String, Long> remembered;

  private @Nullable LocalDate rememberedFor;

  Claim begin(Handle handle, ClaimRequest request) {
    return new Claim(handle, request);
  }

  /** The count within one claim's transaction, forgotten with it where it is not committed. */
  final class Claim {
    private final Handle handle;
    private final ClaimRequest request;
    private final Map<String, Long> claiming = new HashMap<>();
    private boolean exact;

    private Claim(Handle handle, ClaimRequest request) {
      this.handle = handle;
      this.request = request;
    }

    boolean fits(Money amount) {
      var currency = amount.currency();
      var max = request.maxTotals().get(currency);
      if (max == null) {
        return true;
      }
      if (remembered == null || !request.asOf().equals(rememberedFor)) {
        count();
      }
      if (total(currency, amount) > max && !exact) {
        count();
      }
      if (total(currency, amount) > max) {
        return false;
      }
      claiming.merge(currency.code(), amount.minor(), Math::addExact);
      remember(currency, amount.minor());
      return true;
    }

    private long total(Currency currency, Money amount) {
      return Math.addExact(
          java.util.Objects.requireNonNull(remembered).getOrDefault(currency.code(), 0L),
          amount.minor());
    }

    private void count() {
      exact = true;
      var counted = new HashMap<String, Long>();
      handle
          .createQuery(TOTAL.text())
          .bind("as_of", request.asOf().toString())
          .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
          .forEach(sum -> counted.put(sum.getKey(), sum.getValue()));
      claiming.forEach((currency, minor) -> counted.merge(currency, minor, Math::addExact));
      remembered = counted;
      rememberedFor = request.asOf();
    }
  }

  private void remember(Currency currency, long minor) {
    java.util.Objects.requireNonNull(remembered).merge(currency.code(), minor, Math::addExact);
  }
}
