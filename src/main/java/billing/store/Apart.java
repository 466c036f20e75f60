package billing.store;

import java.util.List;
import java.util.function.Function;

/**
 * Takes a batch apart that the app's SQL refused: each alone, so that only the culprit stays
 * behind. When single tries fail in a row, the file or the schema is at fault, and it stops.
 */
final class Apart {

  private static final int AT_FAULT = 2;

  private int failuresInARow;

  /**
   * Does each alone.
   *
   * @param alone does one, and tells whether the rest may follow
   * @param refused is told of a culprit and why
   * @return whether the app's SQL, rather than one attempt, is at fault
   */
  <T> boolean each(
      List<T> batch,
      Function<T, Boolean> alone,
      java.util.function.BiConsumer<T, AppRefused> refused) {
    for (var one : batch) {
      try {
        if (!alone.apply(one)) {
          return false;
        }
        failuresInARow = 0;
      } catch (AppRefused e) {
        refused.accept(one, e);
        if (++failuresInARow >= AT_FAULT) {
          return true;
        }
      }
    }
    return false;
  }

  void succeeded() {
    failuresInARow = 0;
  }
}
