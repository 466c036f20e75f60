package billing.store;

import billing.model.Decision.Settle;
import billing.model.Outcome;
import billing.model.Sends;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** An approval that will be SETTLED, and the row of its attempt, which is locked. */
record Settling(AttemptRow row, Outcome outcome, Settle settle) {

  private static final Sql SETTLE = Sql.load("attempt/settle");

  /** The evidence with this approval in it, also where a later send has begun since. */
  static Sends sends(AttemptRow row, Outcome outcome) {
    var present = row.attempt().sends();
    if (outcome.sends().number() == present.number()) {
      return outcome.sends();
    }
    return outcome.sendNo() >= 1 && outcome.sendNo() <= present.number()
        ? present.with(outcome.sendNo(), Sends.Mark.APPROVED)
        : present;
  }

  boolean isIn(Collection<String> books) {
    return books.contains(settle.transactionId());
  }

  /**
   * All of them in one statement, whatever state each comes from.
   *
   * @param inBooks the transactions that the app has in its books already
   * @param unkept by attempt, the invoices' rows that no claim has kept
   */
  static void write(
      Handle handle,
      List<Settling> settling,
      Collection<String> inBooks,
      Map<Long, String> unkept,
      long runNo) {
    var json = new Json();
    for (var one : settling) {
      var attempt = one.row().attempt();
      json.row()
          .with("id", one.row().id())
          .with("send_no", attempt.sendNo())
          .with("state", attempt.state().name())
          .with("sends", sends(one.row(), one.outcome()).letters())
          .with("evidence", Differences.cut(one.evidence(inBooks), 1000))
          .with("invoice_row", unkept.get(one.row().id()))
          .with("transaction_id", one.settle().transactionId())
          .with("taken", one.settle().taken().major().toPlainString());
    }
    try {
      var rows =
          handle
              .createUpdate(SETTLE.text())
              .bind("approvals", json.text())
              .bind("run", runNo)
              .execute();
      Counts.expect(SETTLE, settling.size(), rows);
    } catch (RuntimeException e) {
      if (ServerError.isDuplicateIn(e, "uq_gateway_transaction")) {
        throw new AppRefused("charge_attempts", e);
      }
      throw e;
    }
  }

  private String evidence(Collection<String> inBooks) {
    return outcome.evidence() + (isIn(inBooks) ? "; in the app's books already" : "");
  }
}
