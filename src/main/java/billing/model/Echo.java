package billing.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway's reply says about the charge that it speaks of. A field that the reply does not
 * carry is null and contradicts nothing; the key is mandatory.
 */
public record Echo(
    @Nullable String chargeKey,
    @Nullable Money amount,
    @Nullable String customerRef,
    @Nullable String paymentRef,
    @Nullable String accountId,
    @Nullable Boolean live,
    @Nullable String invoiceId,
    @Nullable String installation) {

  /** In words, each field in which this is not the order; empty where all that is told fits. */
  public List<String> contradictions(Order order) {
    var found = new ArrayList<String>();
    if (chargeKey == null) {
      found.add("no charge key");
    }
    differs(found, "key", chargeKey, order.key().value());
    differs(found, "amount", amount, order.amount());
    differs(found, "customer", customerRef, order.customerRef());
    differs(found, "payment method", paymentRef, order.paymentRef());
    differs(found, "account", accountId, order.account().id());
    differs(found, "live mode", live, order.account().live());
    differs(found, "invoice", invoiceId, order.invoiceId());
    differs(found, "installation", installation, order.installation());
    return found;
  }

  /** Whether it is told under this very key. */
  public boolean bears(ChargeKey key) {
    return key.value().equals(chargeKey);
  }

  private static void differs(
      List<String> found, String field, @Nullable Object theirs, @Nullable Object ours) {
    if (theirs != null && ours != null && !Objects.equals(theirs, ours)) {
      found.add(field + " " + theirs + " instead of " + ours);
    }
  }
}
