package billing.store;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes a batch apart that the app's SQL refused: each alone, so that only the culprits stay
 * behind. Where each of two or more single tries fails, the file or the schema is at fault. What
 * was refused on an earlier night says little about that, so all of it together is one try: two old
 * culprits do not end every night before it has begun.
 */
final class Apart {

  private static final int AT_FAULT = 2;

  private int failuresInARow;

  /**
   * Does each alone.
   *
   * @param alone does one, and tells whether the rest may follow
   * @param refused is told of a culprit and why, and tells whether that is news
   * @return whether the app's SQL, rather than single attempts, is at fault
   * @throws DatabaseTrouble where everything that was tried is locked by another session
   */
  <T> boolean each(List<T> batch, Predicate<T> alone, BiPredicate<T, AppRefused> refused) {
    var wentWell = false;
    var oldOnes = false;
    var news = 0;
    @Nullable DatabaseTrouble busy = null;
    var allBusy = true;
    for (var one : batch) {
      try {
        if (!alone.test(one)) {
          return false;
        }
        wentWell = true;
      } catch (AppRefused e) {
        busy = e.busy();
        allBusy = allBusy && busy != null;
        if (refused.test(one, e)) {
          news++;
        } else {
          oldOnes = true;
        }
      }
    }
    failuresInARow = wentWell ? 0 : failuresInARow + news + (oldOnes ? 1 : 0);
    if (failuresInARow >= AT_FAULT && allBusy && busy != null) {
      throw busy;
    }
    return failuresInARow >= AT_FAULT;
  }

  void succeeded() {
    failuresInARow = 0;
  }
}
