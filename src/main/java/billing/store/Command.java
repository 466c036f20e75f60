package billing.store;

import java.util.Locale;
import java.util.stream.Stream;

/** A command that begins a run, and what such a run keeps from the customers for a person. */
public enum Command {
  CHARGE(Holds.DECLINES),
  RECONCILE(Holds.LETTERS),
  RESOLVE(Holds.DECLINES),
  ENROLL(Holds.DECLINES),
  MIGRATE(Holds.DECLINES);

  /** What waits for a person where a run is HELD. */
  public enum Holds {
    /** Its own, since there were too many. */
    DECLINES,
    /** What waited in the outbox of a database that had forgotten charges. */
    LETTERS
  }

  private final Holds holds;

  Command(Holds holds) {
    this.holds = holds;
  }

  /** As a run's row and the operator have it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of a run's row, which another version of the program may have written. */
  static Holds heldBy(String word) {
    return Stream.of(values())
        .filter(command -> command.word().equals(word))
        .findFirst()
        .map(command -> command.holds)
        .orElse(Holds.DECLINES);
  }
}
