package billing.cli;

import billing.rules.Finding;

/**
 * What an operator does next after a run that reports a finding. Running it again is always safe.
 */
final class NextCommand {

  private NextCommand() {}

  /** After a charge. */
  static String of(Finding finding) {
    return of(finding, "billing charge");
  }

  /**
   * The same.
   *
   * @param again the command that asks about every doubt, and goes on
   */
  static String of(Finding finding, String again) {
    return switch (finding) {
      case BUG -> again + " -v        and report what it says";
      case PAUSED -> "billing resume        once the reason is gone; billing status shows it";
      case OTHER_ACCOUNT ->
          "set gateway.key to that account's, then  " + again + "        until they are decided";
      case OVER_TOTAL -> "raise charge.max-total if the amount is right, then  billing charge";
      case TOO_MANY_DECLINES ->
          "ask the processor whether it is ill, then decide as shown above; the declined customers"
              + " are not told yet";
      case STOP_AFTER, INTERRUPTED, TERMINATED -> again + "        which goes on from here";
      case WITNESS -> again + "        once state.dir takes files again (is its disk full?)";
      case FENCED -> "billing status        which names the run that took over";
      case WENT_BACK -> "billing reconcile        which finds what the database has forgotten";
      case LOCK_LOST, DATABASE_LOST -> again + "        once the database is back";
      case DATABASE_BUSY -> again + "        once those locks are gone (SHOW PROCESSLIST)";
      case APP_SQL -> "mend the file of app.sql.dir or the schema, then  " + again;
      case ACCOUNT_REFUSED -> "correct gateway.key, then  " + again;
      case ORDERS_REFUSED -> "billing status        which lists what was refused and why";
      case GATEWAY_UNREACHABLE, SENDS_TOO_LATE, GATEWAY_SILENT, THROTTLED, TOO_MANY_DOUBTS ->
          again + "        later; it asks about every doubt first";
      case PERSON_NEEDED -> "billing status        then  billing show INVOICE";
      case DOUBTS -> again + "        later; the next run asks again by itself";
      case WAITING -> "billing charge        later; the next run goes on by itself";
      case FORGOTTEN ->
          "billing reconcile        which adopts what the database forgot; nothing is sent before";
      case FOREIGN -> "see docs/operations.md: two installations must not share a prefix";
      case LISTED_TOO_EARLY -> "billing reconcile        once more, from the time that it names";
      case MAIL -> "billing notify        once the mail server is back";
    };
  }
}
