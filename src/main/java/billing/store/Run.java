package billing.store;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A run as its row tells of it.
 *
 * @param no the epoch that it raised
 * @param server identity of the database server that it ran on
 * @param endedAt null: it runs, or died
 * @param summary JSON, as the command wrote it
 */
public record Run(
    long no,
    String command,
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

  /** Whether what it holds back is not its declines but the letters of a restored outbox. */
  public boolean isCure() {
    return command.equals("reconcile");
  }

  /** What becomes of the declines of a run. */
  public enum Declines {
    /** Their customers are told when the run has ended. */
    COUNT,
    /** There were too many: a person decides. */
    HELD,
    /** The person said that they are told. */
    TOLD,
    /** The person said that they do not count. */
    VOID
  }
}
