package billing.run;

import billing.model.Difference;
import billing.model.Forgotten;
import billing.model.Listed;
import billing.model.Remembered;
import java.util.Collection;

/** What a command does about what a comparison finds. */
interface Consequences {

  /** The database went back behind these. */
  void forgot(Collection<Forgotten> forgotten);

  /** It had ended, and the listing shows that it was approved. */
  void late(Remembered ended, Listed listed);

  void differs(Collection<Difference> differences);

  /** Nothing is wrong with these transactions and attempts, whatever was said before. */
  void fits(Collection<String> transactions, Collection<String> keys);

  /** Differences, by number, that are no more. */
  void gone(Collection<Long> differences);
}
