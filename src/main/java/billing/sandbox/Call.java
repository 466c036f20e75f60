package billing.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * A request as a door understands it.
 *
 * @param key the idempotency key or order reference that it names; null where it names none
 */
public record Call(String door, Operation operation, @Nullable String key, Request request) {}
