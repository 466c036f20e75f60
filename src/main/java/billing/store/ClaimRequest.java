package billing.store;

import billing.model.Attempt;
import billing.model.ClaimVerdict;
import billing.model.Currency;
import billing.model.Invoice;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run asks of a claim.
 *
 * @param limit at most so many attempts
 * @param asOf the run's date
 * @param onlyInvoices none but these; null: all
 * @param maxTotals in minor units, for all that was claimed for this date; a currency without: no
 *     limit
 * @param judge the re-check; it may be asked twice about one attempt
 */
public record ClaimRequest(
    int limit,
    LocalDate asOf,
    @Nullable Set<String> onlyInvoices,
    Map<Currency, Long> maxTotals,
    Judge judge) {

  /** The rules' word about one attempt, given the invoice under its row lock. */
  @FunctionalInterface
  public interface Judge {

    /**
     * The re-check.
     *
     * @param invoice null where it is no longer due
     */
    ClaimVerdict judge(Attempt attempt, @Nullable Invoice invoice);
  }

  public ClaimRequest {
    maxTotals = Map.copyOf(maxTotals);
  }

  /** The same for one invoice alone. */
  ClaimRequest only(String invoiceId) {
    return new ClaimRequest(1, asOf, Set.of(invoiceId), maxTotals, judge);
  }
}
