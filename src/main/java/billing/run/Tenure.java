package billing.run;

import billing.store.Database;
import billing.store.DatabaseTrouble;
import billing.store.Fence;
import billing.store.Run;
import billing.store.Run.Declines;
import billing.store.RunLock;
import billing.store.Runs;
import billing.store.Witness;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command's hold on the installation: the advisory lock, the witness file, and the fence that it
 * raises. While it lasts nobody else claims or says no.
 */
final class Tenure implements AutoCloseable {

  private static final int LOCKED = 5;

  /** How the advisory lock is taken. */
  @FunctionalInterface
  interface Locker {
    RunLock.Taking take(Duration patience);
  }

  /** Null where the server has no such lock: then the fence alone keeps rivals out. */
  private final @Nullable RunLock lock;

  private final Database database;
  private final Witness witness;
  private final Runs runs;
  private final String host;
  private boolean open = true;

  private Tenure(@Nullable RunLock lock, Database database, Witness witness, String host) {
    this.lock = lock;
    this.database = database;
    this.witness = witness;
    this.runs = new Runs(database);
    this.host = host;
  }

  /**
   * Takes lock and witness.
   *
   * @param patience how long to wait for another run to end
   * @throws RunRefused where another run has them, or {@code state.dir} cannot be used
   */
  static Tenure begin(
      Database database, Locker locker, ChargeSettings settings, Duration patience) {
    var lock =
        switch (locker.take(patience)) {
          case RunLock.Taking.Held(var held) -> held;
          case RunLock.Taking.TakenBy(var run) -> throw taken(text(run, database));
          case RunLock.Taking.Unavailable(var why) -> null;
        };
    try {
      return new Tenure(lock, database, witness(database, settings), settings.host());
    } catch (RunRefused | DatabaseTrouble e) {
      if (lock != null) {
        lock.close();
      }
      throw e;
    }
  }

  private static String text(@Nullable Run run, Database database) {
    if (run == null) {
      return "it has just begun";
    }
    var minutes = Duration.between(run.startedAt(), database.now()).toMinutes();
    return "run %d (%s) on %s, pid %d, since %s UTC (%d minutes ago)"
        .formatted(
            run.no(),
            run.command(),
            run.host(),
            run.pid(),
            run.startedAt().truncatedTo(ChronoUnit.SECONDS),
            minutes);
  }

  private static Witness witness(Database database, ChargeSettings settings) {
    var who = "pid " + ProcessHandle.current().pid() + " on " + settings.host();
    return switch (Witness.open(settings.stateDir(), database.schema(), who)) {
      case Witness.Opening.Open(var witness) -> witness;
      case Witness.Opening.TakenBy(var other) -> throw taken(other);
    };
  }

  private static RunRefused taken(String whom) {
    return new RunRefused(
        LOCKED,
        "another run holds the lock: " + whom + ". Nothing was touched.",
        "billing status        or wait for it:  billing charge --wait 30m");
  }

  /** Raises the fence: every run before this one is out. */
  Fence raise(String command, String version, @Nullable LocalDate asOf) {
    return runs.begin(
        new Runs.Starter(command, host, ProcessHandle.current().pid(), version, asOf));
  }

  /** The run's row is closed. */
  void end(Fence fence, int exitCode, Declines declines, String summary) {
    runs.end(fence, exitCode, declines, summary);
  }

  /** The database's time while the lock is ours; empty once it is lost. */
  Optional<Instant> heartbeat() {
    if (lock == null) {
      try {
        return Optional.of(database.now());
      } catch (DatabaseTrouble e) {
        return Optional.empty();
      }
    }
    var beat = lock.heartbeat();
    return beat.held() ? Optional.ofNullable(beat.databaseTime()) : Optional.empty();
  }

  /** Whether nobody else can have the lock at this moment; so also where there is none. */
  boolean holds() {
    return lock == null || lock.heartbeat().held();
  }

  Witness witness() {
    return witness;
  }

  /** Lock and witness are free again; may be called twice. */
  @Override
  public void close() {
    if (open) {
      open = false;
      witness.close();
      if (lock != null) {
        lock.close();
      }
    }
  }
}
