package billing.run;

import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.store.AttemptReader;
import billing.store.Database;
import billing.store.Installation;
import billing.store.Installations;
import java.util.ArrayList;
import java.util.List;

/**
 * Attempts of a former account that keep their invoices waiting, as a charge would find them.
 *
 * @param count how many there are
 * @param first some of them, by their keys
 */
public record FormerWaiting(int count, List<Attempt> first) {

  private static final int PAGE = 500;

  /** Looked at by none: every one is read. */
  private static final long NO_RUN = -1;

  public static FormerWaiting read(Database database, int limit) {
    return new Installations(database)
        .current()
        .map(installation -> read(new AttemptReader(database), installation, limit))
        .orElseGet(() -> new FormerWaiting(0, List.of()));
  }

  private static FormerWaiting read(AttemptReader reader, Installation installation, int limit) {
    var first = new ArrayList<Attempt>();
    int count = 0;
    ChargeKey after = null;
    List<Attempt> page;
    do {
      page = reader.siblingsInDoubt(NO_RUN, after, PAGE);
      for (var elder : page) {
        after = elder.key();
        if (!elder.order().wentTo(installation.account(), installation.id())) {
          count++;
          if (first.size() < limit) {
            first.add(elder);
          }
        }
      }
    } while (page.size() == PAGE);
    return new FormerWaiting(count, List.copyOf(first));
  }
}
