package billing.store;

import billing.store.ClaimResult.Claimed;
import billing.store.Claims.Candidate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Finds out which of a claim's invoices another session keeps locked, and lets their attempts wait,
 * so that one row which the app never lets go of costs that invoice its turn and no other. For one
 * thread at a time.
 */
final class LockedInvoices {

  private static final Sql ROW_LOCK_WAIT = Sql.load("run/row_lock_wait");
  private static final Sql POSTPONE = Sql.load("attempt/postpone");

  /** The evidence of one that waits; by it a run tells at its end whom the app kept locked. */
  static final String WHY = "another session keeps its invoice locked";

  private static final Duration SHORTEST_WAIT = Duration.ofMinutes(1);

  /** Each costs a second or two, and so many in a row are no longer somebody at work. */
  private static final int AT_ONCE = 8;

  /** A lock that is there for each claim, and never when it is looked for. */
  private static final int IN_VAIN = 5;

  private final Database database;
  private final Transactions transactions;
  private final Claims claims;
  private final long runNo;
  private final Map<Long, Duration> postponed = new HashMap<>();
  private int inVain;

  LockedInvoices(Database database, Claims claims, long runNo) {
    this.database = database;
    this.transactions = new Transactions(database);
    this.claims = claims;
    this.runNo = runNo;
  }

  /** A claim met no lock. */
  void passed() {
    inVain = 0;
  }

  /**
   * Those of the next candidates that are locked, and how long each shall wait; none where the lock
   * has gone meanwhile.
   *
   * @throws DatabaseTrouble what the claim met, where no invoice at all can be had
   */
  Map<Long, Duration> among(ClaimRequest request, DatabaseTrouble met) {
    var locked = new HashMap<Long, Duration>();
    var free = 0;
    for (var candidate : database.read(handle -> claims.candidates(handle, request))) {
      if (isFree(candidate, request)) {
        free++;
      } else {
        // Longer every time, so that a run which waits for it comes to an end.
        locked.put(
            candidate.id(),
            postponed.merge(candidate.id(), SHORTEST_WAIT, (last, first) -> last.multipliedBy(4)));
      }
      if (locked.size() == AT_ONCE) {
        break;
      }
    }
    inVain = locked.isEmpty() ? inVain + 1 : 0;
    if (inVain == IN_VAIN || (locked.size() == AT_ONCE && free == 0)) {
      throw met;
    }
    return locked;
  }

  private boolean isFree(Candidate candidate, ClaimRequest request) {
    try {
      transactions.run(handle -> {
        waitFor(handle, Duration.ofSeconds(1));
        try {
          return claims.lock(handle, candidate, request);
        } finally {
          waitFor(handle, database.patience().rowLock());
        }
      });
      return true;
    } catch (DatabaseTrouble e) {
      if (e.kind() == DatabaseTrouble.Kind.BUSY) {
        return false;
      }
      throw e;
    }
  }

  private static void waitFor(Handle handle, Duration wait) {
    handle.createUpdate(ROW_LOCK_WAIT.text()).bind("seconds", wait.toSeconds()).execute();
  }

  /** Nothing is claimed; the next claim goes round these. */
  Claimed postpone(Handle handle, Map<Long, Duration> locked) {
    locked.forEach((id, wait) -> {
      var rows =
          handle
              .createUpdate(POSTPONE.text())
              .bind("seconds", wait.toSeconds())
              .bind("why", WHY)
              .bind("run", runNo)
              .bind("id", id)
              .execute();
      if (rows != 0) {
        Counts.expect(POSTPONE, 1, rows);
      }
    });
    return new Claimed(List.of(), List.of(), List.of(), false, null, null, false);
  }
}
