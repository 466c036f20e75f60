package billing.store;

import java.util.Locale;

/** A command that begins a run. */
public enum Command {
  CHARGE,
  RECONCILE,
  RESOLVE,
  ENROLL,
  MIGRATE;

  /** What waits for a person where a run is HELD. */
  public enum Holds {
    /** Its own, since there were too many. */
    DECLINES,
    /** What waited in the outbox of a database that had forgotten charges. */
    LETTERS
  }

  /** As a run's row and the operator have it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What a run of that command holds. A charge that finds a forgotten one sends nothing, and so
   * declines nothing.
   *
   * @param declined whether it declined anything
   */
  static Holds heldBy(String command, boolean declined) {
    return declined && command.equals(CHARGE.word()) ? Holds.DECLINES : Holds.LETTERS;
  }
}
