package billing.model;

import org.jspecify.annotations.Nullable;

/**
 * A transaction under our prefix of which the database does not know that it was ever asked for.
 *
 * @param lead its invoice; null where the key does not tell it
 * @param neverSent the attempt under this very key, which the database takes for unsent
 * @param before the newest attempt of the invoice before this one
 * @param rival another attempt of the invoice that stands in the way of this one
 * @param inOrder whether every earlier attempt of the invoice is known, so that this one is next
 */
public record Forgotten(
    Listed listed,
    @Nullable Lead lead,
    @Nullable Remembered neverSent,
    @Nullable Remembered before,
    @Nullable Remembered rival,
    boolean inOrder) {}
