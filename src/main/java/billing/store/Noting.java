package billing.store;

import billing.model.Attempt;
import billing.model.Difference;
import billing.model.Sends;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** An answer that changes nothing of its attempt but what is on record, each under its lock. */
final class Noting {

  private static final Sql NOTE = Sql.load("attempt/note");

  private Noting() {}

  /**
   * What the gateway said.
   *
   * @param sends the evidence per send with that answer in it
   */
  static void note(Handle handle, Attempt locked, Sends sends, String evidence, long runNo) {
    var rows =
        handle
            .createUpdate(NOTE.text())
            .bind("sends", sends.letters())
            .bind("evidence", Differences.cut(evidence, 1000))
            .bind("run", runNo)
            .bind("charge_key", locked.key().value())
            .bind("send_no", locked.sendNo())
            .execute();
    Counts.expect(NOTE, 1, rows);
  }

  /** What the app refused to write of it; the difference where it is new. */
  static List<Difference> refuse(Handle handle, Attempt locked, String why, long runNo) {
    var found = Differences.notBookable(locked.key().value(), locked.order().invoiceId(), why);
    return Differences.open(handle, List.of(Differences.found(found)), runNo, false);
  }
}
