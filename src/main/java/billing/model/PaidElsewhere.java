package billing.model;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an invoice, under lock, when a person says that a charge from elsewhere paid it.
 *
 * @param due the invoice as the app has it now; null where it is not due
 * @param attempts how many attempts it has had
 * @param live its attempt that is not surely dead; null where there is none
 * @param known whether some attempt of ours has that transaction already
 * @param inBooks whether the app's books have it
 */
public record PaidElsewhere(
    String invoiceId,
    @Nullable Invoice due,
    int attempts,
    @Nullable Attempt live,
    boolean known,
    boolean inBooks) {}
