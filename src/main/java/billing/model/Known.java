package billing.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows about one transaction of the gateway's listing.
 *
 * @param byTransaction the attempt that has this very transaction
 * @param byKey the attempt under the charge key that the transaction bears
 * @param ofInvoice every attempt of the invoice that an unknown key leads back to
 * @param noted whether a difference about this transaction was opened, be it accepted since
 */
public record Known(
    @Nullable Remembered byTransaction,
    @Nullable Remembered byKey,
    List<Remembered> ofInvoice,
    boolean noted) {

  public static final Known NOTHING = new Known(null, null, List.of(), false);

  public Known {
    ofInvoice = List.copyOf(ofInvoice);
  }
}
