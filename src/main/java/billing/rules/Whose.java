package billing.rules;

import billing.model.Echo;
import billing.model.Invoice;
import billing.model.Order;
import org.jspecify.annotations.Nullable;

/** Whose a charge is, as far as the gateway tells. */
final class Whose {

  private Whose() {}

  /** Whether its customer is another than the invoice's; where either is not told, nobody knows. */
  static boolean isAnothers(Echo charge, Invoice invoice) {
    return isAnothers(charge.customerRef(), invoice);
  }

  /** The same of what was asked for. */
  static boolean isAnothers(Order order, Invoice invoice) {
    return isAnothers(order.customerRef(), invoice);
  }

  private static boolean isAnothers(@Nullable String customer, Invoice invoice) {
    return customer != null
        && invoice.customerRef() != null
        && !customer.equals(invoice.customerRef());
  }
}
