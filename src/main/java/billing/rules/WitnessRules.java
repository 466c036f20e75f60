package billing.rules;

import billing.model.Fence;
import billing.model.Testimony;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database is where it once was: what a host or a run remembers of it, held against
 * what it says now. A database may be ahead of a memory; behind it, or beside it, is only one that
 * was restored, promoted too early, or copied.
 */
public final class WitnessRules {

  /** What may follow. */
  public sealed interface Verdict {

    /** It goes on. */
    record Fits() implements Verdict {}

    /**
     * Something may have been sent of which neither this host nor the database knows: it goes on
     * one horizon after that ended.
     *
     * @param since nothing was sent unknown after it; null: it may have been until now
     */
    record Waits(String why, @Nullable Instant since) implements Verdict {

      /** From when on a listing shows it all. A moment yet to come is of another clock. */
      public Instant until(Instant now, Duration horizon) {
        return (since == null || since.isAfter(now) ? now : since).plus(horizon);
      }
    }

    /** An earlier state came back: cured by {@code reconcile}. */
    record WentBack(String why) implements Verdict {}

    /** This host, or this installation, is not known here: cured by {@code enroll}. */
    record NotEnrolled(String why) implements Verdict {}
  }

  /**
   * Everything that is held against each other before a run begins.
   *
   * @param file null: there is none
   * @param present the fence before this run raises it
   * @param holderThen the holder on record of the run whose number the file names; null: no run has
   *     that number
   * @param installation null: never enrolled
   * @param hosts those that were admitted to it
   * @param server identity of the database server that answers
   */
  public record Sight(
      @Nullable Testimony file,
      Fence present,
      @Nullable String holderThen,
      @Nullable String installation,
      Set<String> hosts,
      String host,
      String server) {

    public Sight {
      hosts = Set.copyOf(hosts);
    }
  }

  private WitnessRules() {}

  /** Before a run: may it begin? */
  public static Verdict judge(Sight sight) {
    var file = sight.file();
    if (sight.installation() == null) {
      return new Verdict.NotEnrolled("this installation was never enrolled");
    }
    if (file != null && !file.installation().equals(sight.installation())) {
      return new Verdict.NotEnrolled(
          "the witness in state.dir is of installation %s, the database of %s"
              .formatted(file.installation(), sight.installation()));
    }
    // Before the question whose file it is: a copy of a file knows what it knows.
    var wentBack = file == null ? null : wentBack(file.fence(), sight);
    if (wentBack != null) {
      return new Verdict.WentBack(wentBack);
    }
    if (!sight.hosts().contains(sight.host())) {
      return new Verdict.NotEnrolled("host " + sight.host() + " was never enrolled");
    }
    if (file == null) {
      return new Verdict.NotEnrolled(
          "there is no witness in state.dir, and the database is at run "
              + sight.present().epoch());
    }
    if (!file.host().equals(sight.host())) {
      return new Verdict.NotEnrolled(
          "the witness in state.dir is of host %s, this is %s"
              .formatted(file.host(), sight.host()));
    }
    // Not the server of the last run's row: a run that waited, and died, has left one, too. Where
    // others charge, too, a database that lacks their last run whole stands just where ours ended.
    if (!file.server().equals(sight.server())
        && (sight.hosts().size() > 1 || !file.fence().equals(sight.present()))) {
      return new Verdict.Waits(
          "the database answers from server %s, was on %s, and may lack what the last run did"
              .formatted(sight.server(), file.server()),
          null);
    }
    if (file.blind()) {
      return new Verdict.Waits(
          "this host was enrolled without a witness at %s: nobody knows what was sent just before"
              .formatted(file.lastSendAt()),
          file.lastSendAt());
    }
    return new Verdict.Fits();
  }

  /**
   * Whether a host that is enrolled now knows less than was sent: a run of another host, or of this
   * one before its file was lost, may have sent what the database has forgotten since. Not so where
   * nothing was ever enrolled, nor where the host's own file says that nothing is missing.
   */
  public static boolean isBlind(Sight sight) {
    return (sight.installation() != null || sight.file() != null)
        && !(judge(sight) instanceof Verdict.Fits);
  }

  private static @Nullable String wentBack(Fence known, Sight sight) {
    var present = sight.present();
    if (present.epoch() > known.epoch()) {
      // A cure jumps over the numbers of the lost time: no run has them ever again.
      return sight.holderThen() == null || sight.holderThen().equals(known.holder())
          ? null
          : "the run %d that the witness in state.dir knows is another one in the database"
              .formatted(known.epoch());
    }
    if (present.epoch() == known.epoch() && !present.holder().equals(known.holder())) {
      return "the run %d that the witness in state.dir knows is another one in the database"
          .formatted(known.epoch());
    }
    return present.epoch() == known.epoch() && present.seq() >= known.seq()
        ? null
        : "the witness in state.dir knows run %d up to its step %d, the database run %d up to %d"
            .formatted(known.epoch(), known.seq(), present.epoch(), present.seq());
  }

  /**
   * Within a run whose fence did not move: whether only a database that went back explains that,
   * and not a newer run.
   *
   * @param present null: there is no fence any more
   */
  public static boolean wentBack(Fence mine, @Nullable Fence present) {
    return present == null
        || present.epoch() < mine.epoch()
        || (present.epoch() == mine.epoch()
            && (!present.holder().equals(mine.holder()) || present.seq() < mine.seq()));
  }

  /** The same in words. */
  public static String why(Fence mine, @Nullable Fence present) {
    if (present == null) {
      return "the fence's row is gone";
    }
    return wentBack(mine, present)
        ? "run %d stood at step %d, and the database is at step %d of run %d"
            .formatted(mine.epoch(), mine.seq(), present.seq(), present.epoch())
        : "run %d took over from run %d".formatted(present.epoch(), mine.epoch());
  }

  /**
   * From when on a listing of the gateway shows all that the lost time sent: only one that begins
   * later is a cure.
   *
   * @param began when the command began that wants to cure; nothing was sent since then
   */
  public static Instant curableFrom(Sight sight, Instant began, Duration horizon) {
    var file = sight.file();
    if (file != null
        && sight.hosts().size() <= 1
        && (wentBack(file.fence(), sight) != null || isLast(file, sight))) {
      return file.lastSendAt().plus(horizon);
    }
    // A file that others have overtaken, or may have in the lost time, does not know when they
    // sent last.
    return began.plus(horizon);
  }

  private static boolean isLast(Testimony file, Sight sight) {
    return file.fence().moved(0).equals(sight.present().moved(0));
  }

  /** The highest number of a run that anybody remembers: a cured database goes on above it. */
  public static long highest(Sight sight) {
    var file = sight.file();
    return Math.max(sight.present().epoch(), file == null ? 0 : file.fence().epoch());
  }
}
