package billing.run;

import billing.model.Fence;
import billing.model.Testimony;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.WitnessRules;
import billing.rules.WitnessRules.Sight;
import billing.rules.WitnessRules.Verdict;
import billing.store.Command;
import billing.store.Cured;
import billing.store.Database;
import billing.store.DatabaseTrouble;
import billing.store.Run;
import billing.store.Run.Declines;
import billing.store.RunLock;
import billing.store.Runs;
import billing.store.Witness;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
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

  /** From the first moment on: the server drops an idle session, and a gateway may be slow. */
  private final Heartbeat beat;

  /** Null until {@link #look}. */
  private @Nullable Footing footing;

  /** What the file says, where this command may write it; null: it stays as it is. */
  private @Nullable Testimony said;

  private boolean open = true;

  private Tenure(
      @Nullable RunLock lock, Database database, Witness witness, String host, Duration between) {
    this.lock = lock;
    this.database = database;
    this.witness = witness;
    this.runs = new Runs(database);
    this.host = host;
    this.beat = new Heartbeat(between, () -> time(lock, database));
  }

  /**
   * Takes lock and witness.
   *
   * @param patience how long to wait for another run to end
   * @throws RunRefused where another run has them, or {@code state.dir} cannot be used
   */
  static Tenure begin(
      Database database, Locker locker, ChargeSettings settings, Duration patience) {
    return begin(database, locker, settings, patience, Heartbeat.BETWEEN);
  }

  static Tenure begin(
      Database database,
      Locker locker,
      ChargeSettings settings,
      Duration patience,
      Duration between) {
    var lock =
        switch (locker.take(patience)) {
          case RunLock.Taking.Held(var held) -> held;
          case RunLock.Taking.TakenBy(var run) -> throw taken(text(run, database));
          case RunLock.Taking.Unavailable(var why) -> null;
        };
    try {
      return new Tenure(lock, database, witness(database, settings), settings.host(), between);
    } catch (RunRefused | DatabaseTrouble e) {
      if (lock != null) {
        lock.close();
      }
      throw e;
    }
  }

  static String text(@Nullable Run run, Database database) {
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
        "billing status        or wait for it:  " + RunRefused.THE_SAME + " --wait 30m");
  }

  /**
   * Holds the witness against the database, under the lock and before the fence is raised. What
   * follows from it is the command's: most call {@link Footing#require}.
   */
  Footing look() {
    var file = witness.read();
    footing = Footing.of(file, database, host);
    said =
        switch (footing.verdict()) {
          case Verdict.Fits fits -> file.orElse(null);
          case Verdict.Waits waits -> null;
          case Verdict.WentBack back -> null;
          case Verdict.NotEnrolled stranger -> null;
        };
    return footing;
  }

  /** The horizon that {@link Verdict.Waits} asks for is over: the run may send and say so. */
  void waitedOut() {
    said = sight().file();
  }

  private Sight sight() {
    return Objects.requireNonNull(footing, "look() comes first").sight();
  }

  /**
   * Raises the fence: every run before this one is out.
   *
   * @throws RunRefused where the database went back since {@link #look}
   */
  Fence raise(Command command, String version, @Nullable LocalDate asOf) {
    var fence = runs.begin(starter(command, version, asOf));
    if (footing != null && fence.epoch() <= footing.sight().present().epoch()) {
      throw new RunRefused(
          Finding.WENT_BACK.exitCode(),
          Finding.WENT_BACK.text() + " at this moment. Nothing was touched.",
          Footing.CURE);
    }
    return fence;
  }

  /**
   * The end of a cure: the gateway was listed from {@link Footing#curableFrom} on, and what the
   * database had forgotten is in it again. The fence is raised above every run that anybody
   * remembers, and the witness says so; so a death between the two leaves it behind, as is normal.
   *
   * @param mail false: what waits in the outbox is held for a person
   */
  Cured seal(Command command, String version, boolean mail) {
    var sight = sight();
    var above = WitnessRules.highest(sight);
    var cured = runs.cure(starter(command, version, null), above, mail);
    var file = sight.file();
    if (file != null) {
      // Its host stays: a copy is not admitted by having been cured.
      said = file;
      remember(cured.fence(), file.lastSendAt());
    }
    end(cured.fence(), 0, cured.heldLetters() > 0 ? Declines.HELD : Declines.COUNT, "{}");
    return cured;
  }

  private Runs.Starter starter(Command command, String version, @Nullable LocalDate asOf) {
    return new Runs.Starter(command, host, ProcessHandle.current().pid(), version, asOf);
  }

  /** This host is enrolled from now on. Nothing was sent since {@code now}, by nobody. */
  void enrolled(String installation, Fence fence, Instant now) {
    var blind = WitnessRules.isBlind(sight());
    said = new Testimony(installation, host, fence, runs.server(), blind, now);
    witness.write(said);
  }

  /**
   * On the disk when it returns. Called after the commit that it witnesses, and before the first
   * byte of what was claimed leaves.
   */
  void remember(Fence fence, Instant lastSendAt) {
    if (said == null) {
      throw new IllegalStateException("the witness may not be written by this command");
    }
    var now =
        new Testimony(said.installation(), said.host(), fence, sight().server(), false, lastSendAt);
    witness.write(now);
    said = now;
  }

  /**
   * The run's row is closed, and the witness brought up to what the run has written last: not back
   * from the fence that a cure has raised meanwhile.
   *
   * @param fence as it was moved last, surely committed
   * @return false where the row is not this run's: the database went back
   */
  boolean end(Fence fence, int exitCode, Declines declines, String summary) {
    if (!runs.end(fence, exitCode, declines, summary)) {
      return false;
    }
    if (said != null && !said.fence().equals(fence) && said.fence().epoch() <= fence.epoch()) {
      remember(fence, said.lastSendAt());
    }
    return true;
  }

  /** From now on each beat sets the clock, and a lock that is lost, or was, ends the run. */
  void tell(RunClock clock, Consumer<Event> events) {
    beat.tell(clock::set, () -> events.accept(new Event.Stopped(Finding.LOCK_LOST)));
  }

  /** The database's time while the lock is ours; empty once it is lost. */
  private static Optional<Instant> time(@Nullable RunLock lock, Database database) {
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

  /** Lock and witness are free again; may be called twice. */
  @Override
  public void close() {
    if (open) {
      open = false;
      beat.close();
      witness.close();
      if (lock != null) {
        lock.close();
      }
    }
  }
}
