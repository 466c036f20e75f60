package billing.run;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What one reconciliation is to do.
 *
 * @param since from when the gateway is listed; null: since the last complete listing
 * @param today in the business's time zone: what is due then may have been charged elsewhere
 * @param mail whether customers hear of charges that are adopted
 * @param patience how long for the lock
 */
public record ReconcileOrder(
    @Nullable Instant since, LocalDate today, boolean mail, Duration patience) {}
