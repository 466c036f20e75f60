package billing.store;

import billing.model.ChargeKey;
import billing.model.Difference;
import java.util.List;

/** What became of a charge that the database had forgotten. */
public sealed interface Adopted {

  /** It is SENT now, and is looked up like any other. */
  record Sent(ChargeKey key) implements Adopted {}

  /** A person decides; only what is new is named. */
  record Differs(List<Difference> opened) implements Adopted {}

  /** The rows have moved since they were read: it is judged again. */
  record Moved() implements Adopted {}

  /** Another run took over. */
  record Fenced(String why) implements Adopted {}
}
