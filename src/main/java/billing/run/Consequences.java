package billing.run;

import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Listed;
import billing.model.Remembered;
import billing.store.DifferenceRow;
import java.util.Collection;
import java.util.Map;

/** What a command does about what a comparison finds. */
interface Consequences {

  /** The database went back behind these. */
  void forgot(Collection<Forgotten> forgotten);

  /** The same, and a person was told of these before. */
  void noted(Collection<Forgotten> forgotten);

  /**
   * It had ended, and the listing shows that it was approved, or may be.
   *
   * @param patience with the gateway that is asked about it
   */
  void late(Remembered ended, Listed listed, Persistence patience);

  /**
   * They had ended and were approved, and the app refused to book them when they were seen before.
   *
   * @param refused each with the difference that says so
   * @param patience with the gateway that is asked about them
   */
  void notBooked(Map<Remembered, DifferenceRow> refused, Persistence patience);

  void differs(Collection<Difference> differences);

  /** Nothing is wrong with these transactions and attempts, whatever was said before. */
  void fits(Collection<String> transactions, Collection<String> keys);

  /** Differences, by number, that are no more. */
  void gone(Collection<Long> differences);
}
