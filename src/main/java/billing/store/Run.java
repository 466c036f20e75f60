package billing.store;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A run as its row tells of it.
 *
 * @param no the epoch that it raised
 * @param holds what it keeps for a person, where it is HELD
 * @param server identity of the database server that it ran on
 * @param endedAt null: it runs, or died
 * @param summary JSON, as the command wrote it
 */
public record Run(
    long no,
    String command,
    Command.Holds holds,
    String host,
    long pid,
    String version,
    String server,
    @Nullable LocalDate asOf,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Integer exitCode,
    Declines declines,
    @Nullable String summary) {

  /** What becomes of the declines of a run. */
  public enum Declines {
    /** Their customers are told when the run has ended. */
    COUNT,
    /** There were too many, or letters of an earlier time wait with them: a person decides. */
    HELD,
    /** The person said that they are told. */
    TOLD,
    /** The person said that they do not count. */
    VOID
  }
}
