package billing.run;

/**
 * What a reconciliation did.
 *
 * @param run its figures, as of any run: nothing was sent in it
 * @param rounds how often the gateway was listed
 */
public record ReconcileReport(ChargeReport run, int rounds, Curing curing) {

  public int exitCode() {
    return run.exitCode();
  }
}
