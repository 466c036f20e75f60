package billing.run;

import billing.model.Fence;
import billing.store.Command;
import billing.store.Database;
import billing.store.DatabaseSettings;
import billing.store.DatabaseTrouble;
import billing.store.Migrations;
import billing.store.Run.Declines;
import billing.store.RunLock;
import billing.store.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upgrades our own tables while nobody works on them: for a moment a guard is dropped and made
 * again, and a run that began with the tables as they were must not go on with others.
 */
public final class Migrate {

  private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);
  private static final int LOCKED = 5;
  private static final int DATABASE = 7;

  private final DatabaseSettings owner;
  private final String host;
  private final String version;

  /**
   * @param owner who may change the tables
   * @param version of the program, for the run's row
   */
  public Migrate(DatabaseSettings owner, String host, String version) {
    this.owner = owner;
    this.host = host;
    this.version = version;
  }

  /**
   * Needs nobody's leave where there is nothing to do.
   *
   * @param patience how long to wait for a run to end
   * @throws RunRefused where another run works
   */
  public Migrations.Report run(Duration patience) {
    if (Migrations.version(owner) == Migrations.NEWEST) {
      return Migrations.migrate(owner);
    }
    try (var database = Database.open(owner, 1)) {
      return switch (RunLock.take(owner, patience)) {
        case RunLock.Taking.Held(var lock) -> locked(database, lock);
        case RunLock.Taking.TakenBy(var run) -> throw taken(Tenure.text(run, database));
        // As for every run: the fence alone must do.
        case RunLock.Taking.Unavailable(var why) -> fenced(database);
      };
    }
  }

  private Migrations.Report locked(Database database, RunLock lock) {
    // The server drops an idle session, and a large table takes its time. Lost all the same: what
    // began cannot be called back, and the fence stands.
    try (lock;
        var heartbeat = new Heartbeat(() -> time(lock.heartbeat()))) {
      return fenced(database);
    }
  }

  private static Optional<Instant> time(RunLock.Beat beat) {
    return beat.held() ? Optional.ofNullable(beat.databaseTime()) : Optional.empty();
  }

  /** Who did not see the lock is fenced off before the first table changes. */
  private Migrations.Report fenced(Database database) {
    // Without a first version there is no fence, and nobody whom it could keep out; with the newest
    // another migrate was waited for. What the fence and a run's row need is of the first version.
    var before = Migrations.version(owner);
    if (before == 0 || before == Migrations.NEWEST) {
      return Migrations.migrate(owner);
    }
    var runs = new Runs(database);
    var pid = ProcessHandle.current().pid();
    var fence = runs.begin(new Runs.Starter(Command.MIGRATE, host, pid, version, null));
    // Until it has succeeded; a death leaves the row open, like that of any run.
    int exitCode = DATABASE;
    try {
      var report = Migrations.migrate(owner);
      exitCode = 0;
      return report;
    } finally {
      end(runs, fence, exitCode);
    }
  }

  /** What the migration said counts more than that its run's row stays open. */
  private static void end(Runs runs, Fence fence, int exitCode) {
    try {
      runs.end(fence, exitCode, Declines.COUNT, "{}");
    } catch (DatabaseTrouble e) {
      LOG.warn("the run's row lacks its end: {}", e.getMessage());
    }
  }

  private static RunRefused taken(String whom) {
    return new RunRefused(
        LOCKED,
        "another run holds the lock: " + whom + ". Nothing was touched.",
        "billing status        or wait for it:  billing migrate --wait 30m");
  }
}
