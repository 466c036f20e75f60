package billing.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request that reached a door, whatever became of it. What history says is held against it.
 *
 * @param at when its last byte had been read, on the machine's own clock; UTC
 */
public record Arrival(
    Instant at, String door, Operation operation, @Nullable String key, Fault.Kind fault) {}
