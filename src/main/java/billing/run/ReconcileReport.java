package billing.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a reconciliation did.
 *
 * @param run its figures, as of any run: nothing was sent in it
 * @param rounds how often the gateway was listed
 * @param curedFrom where the database had gone back: from when on a listing cures that; null: it
 *     had not
 * @param cured whether it was cured
 */
public record ReconcileReport(
    ChargeReport run, int rounds, @Nullable Instant curedFrom, boolean cured) {

  public int exitCode() {
    return run.exitCode();
  }
}
