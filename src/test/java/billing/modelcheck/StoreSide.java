package billing.modelcheck;

import billing.model.Account;
import billing.model.Currency;
import billing.model.Invoice;
import billing.model.Past;
import billing.rules.Eligibility;
import java.util.List;
import java.util.Map;

/** A store to which calls are made: the real one, or the simulated one. */
interface StoreSide {

  /** A page that was queued: how many were added, and what the judge was asked about. */
  record Queued(int added, List<String> asked) {}

  /** The answer of what answers nothing. */
  Object DONE = "done";

  /** Does it; what it answers. */
  Object take(StoreCall call);

  /** Everything in it that anybody can see, a line for a row. */
  List<String> shown();

  /** The production rules judge on both sides. */
  static Eligibility eligibility(Account account) {
    return new Eligibility(
        World.INSTALLATION, account, 1, Map.of(Currency.of("USD").orElseThrow(), 10_000L));
  }

  static String asked(Invoice invoice, Past past) {
    return "%s %s %s %s"
        .formatted(
            invoice.id(),
            invoice.amountDue().stripTrailingZeros().toPlainString(),
            invoice.paymentRef(),
            past);
  }
}
