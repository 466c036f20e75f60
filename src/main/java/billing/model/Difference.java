package billing.model;

import org.jspecify.annotations.Nullable;

/**
 * Something that does not fit and that a person decides.
 *
 * @param subject what it is about, unique with the kind: a charge key, a gateway transaction or an
 *     invoice
 */
public record Difference(
    DifferenceKind kind, String subject, @Nullable String invoiceId, String detail) {}
