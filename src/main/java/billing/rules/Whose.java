package billing.rules;

import billing.model.Echo;
import billing.model.Invoice;

/** Whose a charge is, as far as the gateway tells. */
final class Whose {

  private Whose() {}

  /** Whether its customer is another than the invoice's; where either is not told, nobody knows. */
  static boolean isAnothers(Echo charge, Invoice invoice) {
    return charge.customerRef() != null
        && invoice.customerRef() != null
        && !charge.customerRef().equals(invoice.customerRef());
  }
}
