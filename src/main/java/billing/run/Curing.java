package billing.run;

import billing.store.Cured;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a reconciliation had a database to cure that went back, and did. */
public sealed interface Curing {

  /** The database did not go back. */
  record NotNeeded() implements Curing {}

  /**
   * It did, and no listing has cured that yet.
   *
   * @param from when on a listing is a cure, in the database's time
   * @param why the last listing was none
   * @param next the command that helps where the same one does not, however often; null: it does
   */
  record Owed(Instant from, String why, @Nullable String next) implements Curing {

    /** Where the same command helps. */
    Owed(Instant from, String why) {
      this(from, why, null);
    }
  }

  /** It did, and is cured. */
  record Done(Cured left) implements Curing {}
}
