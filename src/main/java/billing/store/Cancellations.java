package billing.store;

import org.jdbi.v3.core.Handle;

/**
 * PENDING attempts that are not to be sent any more, each with its reason; that the app refused to
 * have one claimed goes with it.
 */
final class Cancellations {

  private static final Sql CANCEL = Sql.load("attempt/cancel_pending");
  private static final Sql CLOSE = Sql.load("difference/close_cancelled");

  private final Json reasons = new Json();

  Cancellations because(AttemptRow pending, String why) {
    return because(pending.id(), why);
  }

  Cancellations because(long attemptId, String why) {
    reasons.row().with("id", attemptId).with("why", Differences.cut(why, 1000));
    return this;
  }

  /** How many were PENDING still; the others stay as they are. */
  int write(Handle handle, long runNo) {
    if (reasons.isEmpty()) {
      return 0;
    }
    var rows = execute(handle, CANCEL, runNo);
    execute(handle, CLOSE, runNo);
    return rows;
  }

  private int execute(Handle handle, Sql sql, long runNo) {
    return handle
        .createUpdate(sql.text())
        .bind("reasons", reasons.text())
        .bind("run", runNo)
        .execute();
  }

  /** The same where they are locked, and so must all be PENDING. */
  void writeAll(Handle handle, long runNo) {
    Counts.expect(CANCEL, reasons.size(), write(handle, runNo));
  }
}
