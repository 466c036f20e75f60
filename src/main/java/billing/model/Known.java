package billing.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows about one transaction of the gateway's listing.
 *
 * @param byTransaction the attempt that has this very transaction
 * @param byKey the attempt under the charge key that the transaction bears
 * @param ofInvoice every attempt of the invoice that an unknown key leads back to
 * @param told whether a person was told that this transaction is unknown here, or one too many
 */
public record Known(
    @Nullable Remembered byTransaction,
    @Nullable Remembered byKey,
    List<Remembered> ofInvoice,
    Told told) {

  public static final Known NOTHING = new Known(null, null, List.of(), Told.NOT);

  public Known {
    ofInvoice = List.copyOf(ofInvoice);
  }
}
