package billing.model;

import org.jspecify.annotations.Nullable;

/**
 * Where the money goes.
 *
 * @param gateway the kind: {@code stripe}, {@code nmi}
 * @param id the account's own id, or null where the gateway does not tell
 * @param live false for the vendor's test mode
 */
public record Account(String gateway, @Nullable String id, boolean live) {}
