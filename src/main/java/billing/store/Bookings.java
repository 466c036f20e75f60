package billing.store;

import billing.model.ChargeKey;
import billing.model.Difference;
import billing.model.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The one writer of approvals: payment, ledger, amount due, SETTLED and the queued mail in one
 * transaction or not at all. Approvals need no fence, and are never dropped. For one thread at a
 * time.
 */
public final class Bookings {

  private final Settled settled;
  private final Approvals approvals;
  private final long runNo;
  private final Apart apart = new Apart();

  public Bookings(Database database, AppSql app, long runNo) {
    this(database, app, runNo, false);
  }

  /**
   * The same.
   *
   * @param tellAdopted whether customers hear of what was adopted
   */
  public Bookings(Database database, AppSql app, long runNo, boolean tellAdopted) {
    this(new Settled(database), new Approvals(app, runNo, tellAdopted, false), runNo);
  }

  private Bookings(Settled settled, Approvals approvals, long runNo) {
    this.settled = settled;
    this.approvals = approvals;
    this.runNo = runNo;
  }

  /**
   * Books what was approved.
   *
   * @param settles whose decisions are all {@code Settle}
   */
  public Booked book(List<Outcome> settles) {
    if (settles.isEmpty()) {
      return new Booked(Set.of(), Set.of(), Map.of(), List.of(), false);
    }
    try {
      var done = settled.run(handle -> approvals.write(handle, settles));
      apart.succeeded();
      return new Booked(done.booked(), done.moved(), Map.of(), done.differences(), false);
    } catch (AppRefused e) {
      return bookApart(settles);
    } catch (DatabaseTrouble e) {
      if (e.kind() != DatabaseTrouble.Kind.BUSY) {
        throw e;
      }
      return bookApart(settles);
    }
  }

  /** What was refused before: that it is so again says nothing new about the app's SQL. */
  public Booked bookAgain(List<Outcome> settles) {
    return new Bookings(settled, approvals, runNo).book(settles);
  }

  private Booked bookApart(List<Outcome> settles) {
    var booked = new HashSet<ChargeKey>();
    var moved = new HashSet<ChargeKey>();
    var refusals = new HashMap<ChargeKey, String>();
    var differences = new ArrayList<Difference>();
    var atFault =
        apart.each(
            settles,
            one -> {
              var done = alone(one);
              booked.addAll(done.booked());
              moved.addAll(done.moved());
              differences.addAll(done.differences());
              return true;
            },
            (one, refused) -> {
              refusals.put(one.key(), refused.why());
              var news = settled.run(handle -> note(handle, one, refused.why()));
              return differences.addAll(news);
            });
    return new Booked(booked, moved, refusals, differences, atFault);
  }

  private Approvals.Done alone(Outcome one) {
    try {
      return settled.run(handle -> approvals.write(handle, List.of(one)));
    } catch (DatabaseTrouble e) {
      throw e.kind() == DatabaseTrouble.Kind.BUSY ? AppRefused.of(e) : e;
    }
  }

  private List<Difference> note(Handle handle, Outcome outcome, String why) {
    var row = AttemptRow.lock(handle, List.of(outcome.key())).get(outcome.key());
    if (row == null) {
      return List.of();
    }
    var evidence = outcome.evidence() + "; not booked: " + why;
    Noting.note(handle, row.attempt(), Settling.sends(row, outcome), evidence, runNo);
    return Noting.refuse(handle, row.attempt(), why, runNo);
  }
}
