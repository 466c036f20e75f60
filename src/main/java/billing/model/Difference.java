package billing.model;

import org.jspecify.annotations.Nullable;

/**
 * Something that does not fit and that a person decides.
 *
 * @param subject what it is about, unique with the kind: a charge key, a gateway transaction or an
 *     invoice
 */
public record Difference(
    DifferenceKind kind, String subject, @Nullable String invoiceId, String detail) {

  /**
   * One charge too many of an invoice.
   *
   * @param taken what it took, where that is known
   * @param beside the attempt that the invoice was charged by as well
   */
  public static Difference chargedTwice(
      String transactionId, @Nullable Money taken, Attempt beside) {
    return new Difference(
        DifferenceKind.CHARGED_TWICE,
        transactionId,
        beside.order().invoiceId(),
        "charged once more%s by transaction %s, beside %s: give %s back at the gateway"
            .formatted(
                taken == null ? "" : " with " + taken, transactionId, beside.key(), transactionId));
  }

  /** Its booking paid what was not owed any more. */
  public static Difference overpaid(Attempt attempt) {
    return new Difference(
        DifferenceKind.OVERPAID,
        attempt.key().value(),
        attempt.order().invoiceId(),
        "booked, but the invoice was paid elsewhere or cancelled meanwhile");
  }
}
