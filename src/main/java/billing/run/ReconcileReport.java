package billing.run;

import billing.store.Cured;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a reconciliation did.
 *
 * @param run its figures, as of any run: nothing was sent in it
 * @param rounds how often the gateway was listed
 * @param curedFrom where the database had gone back: from when on a listing cures that; null: it
 *     had not
 * @param cure what was left where it was cured; null: it was not
 * @param notCured why the listing was no cure; null: it was, or none was needed
 */
public record ReconcileReport(
    ChargeReport run,
    int rounds,
    @Nullable Instant curedFrom,
    @Nullable Cured cure,
    @Nullable String notCured) {

  public boolean cured() {
    return cure != null;
  }

  public int exitCode() {
    return run.exitCode();
  }
}
