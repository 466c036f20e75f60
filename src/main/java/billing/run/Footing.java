package billing.run;

import billing.model.Testimony;
import billing.rules.Finding;
import billing.rules.WitnessRules;
import billing.rules.WitnessRules.Sight;
import billing.rules.WitnessRules.Verdict;
import billing.store.Database;
import billing.store.Installation;
import billing.store.Installations;
import billing.store.Runs;
import billing.store.Witness;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host and its database belong together and the database is where it once was: the
 * witness file held against the database's present, at one moment before a run raises the fence.
 */
public final class Footing {

  static final String CURE = "billing reconcile        which finds what the database has forgotten";

  private final Sight sight;

  /** Whether the installation of the file is one that the database knows, or knew. */
  private final boolean onRecord;

  private Footing(Sight sight, boolean onRecord) {
    this.sight = sight;
    this.onRecord = onRecord;
  }

  /** For who does not hold the lock: a run may be at work, and that is no contradiction. */
  public static Footing look(Database database, String host, Path stateDir) {
    return of(Witness.peek(stateDir, database.schema()), database, host);
  }

  /**
   * The same with a file that was read before the database is: what is written to both meanwhile
   * leaves the database ahead, as it should be.
   */
  static Footing of(Optional<Testimony> file, Database database, String host) {
    var runs = new Runs(database);
    var installations = new Installations(database);
    var installation = installations.current();
    return new Footing(
        new Sight(
            file.orElse(null),
            runs.fence(),
            file.map(known -> runs.holder(known.fence().epoch())).orElse(null),
            installation.map(Installation::id).orElse(null),
            installation.map(Installation::hosts).orElse(Set.of()),
            host,
            runs.server()),
        file.filter(known -> installations.isOnRecord(known.installation())).isPresent());
  }

  public Verdict verdict() {
    return WitnessRules.judge(sight);
  }

  /**
   * For what would act on what the database says.
   *
   * @throws RunRefused where it went back, or this host is not enrolled
   */
  public void require() {
    switch (verdict()) {
      case Verdict.Fits fits -> {}
      case Verdict.Waits waits -> {}
      case Verdict.WentBack(var why) ->
          throw new RunRefused(
              Finding.WENT_BACK.exitCode(),
              Finding.WENT_BACK.text() + ": " + why + ". Nothing was touched.",
              CURE);
      case Verdict.NotEnrolled(var why) ->
          throw new RunRefused(
              Finding.PAUSED.exitCode(),
              why + ". Nothing was touched.",
              "billing enroll --because TEXT        if this host is to charge from this database");
    }
  }

  /**
   * For what would tell customers what waits in the outbox, and does not ask the gateway first.
   *
   * @throws RunRefused also where the database may lack what came last: it may have been told
   */
  public void requireForMail() {
    require();
    if (verdict() instanceof Verdict.Waits(var why, var since)) {
      throw new RunRefused(
          Finding.WENT_BACK.exitCode(),
          why + ". No mail was sent.",
          "billing charge        which waits until nothing can be missing, and sends what waits");
    }
  }

  /**
   * For what says that nothing was charged: of a send that the database lacks nobody knows when.
   *
   * @throws RunRefused also where it may lack what came last
   */
  void requireForANo() {
    require();
    if (verdict() instanceof Verdict.Waits(var why, var since)) {
      throw new RunRefused(
          Finding.WENT_BACK.exitCode(),
          why + ". Nothing was touched.",
          "billing charge        which waits until nothing can be missing, then the same command");
    }
  }

  /**
   * From when on a listing is a cure, in the database's time.
   *
   * @param began when this command began, under the lock
   * @param horizon after which no send can take effect unseen
   */
  Instant curableFrom(Instant began, Duration horizon) {
    return WitnessRules.curableFrom(sight, began, horizon);
  }

  /**
   * What this host knows of an installation of which the database knows nothing: it lost it, and
   * goes on as the same once it is cured. Null: nothing.
   */
  @Nullable Testimony lost() {
    var file = sight.file();
    return !onRecord && file != null && file.host().equals(sight.host()) ? file : null;
  }

  /** The last one that the witness knows of; null: there is no witness. */
  @Nullable Instant lastSend() {
    var file = sight.file();
    return file == null ? null : file.lastSendAt();
  }

  Sight sight() {
    return sight;
  }
}
