package billing.run;

import billing.run.Tripwire.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One story to be lived through: who asks, what the gateway makes of it, and where it goes wrong.
 *
 * @param remembers whether the gateway recognises a repeat: by the key, or as a duplicate
 * @param blows the first strikes the first run, the second the run after it
 * @param back how far the database goes back at its one blow; null: it does not
 * @param seed of the small accidents
 */
record CrashCase(
    String kind,
    boolean remembers,
    CrashOutcome outcome,
    List<Blow> blows,
    @Nullable Back back,
    long seed) {

  /** What is restored. */
  enum What {
    OURS,
    APPS,
    BOTH
  }

  /**
   * A restore.
   *
   * @param toCommit to before which of the first run's COMMITs; 0: to before the run
   */
  record Back(int toCommit, What what) {
    @Override
    public String toString() {
      return "%s back to before commit %d".formatted(what, toCommit);
    }
  }

  /** The crossing at which a run is struck, and how. */
  record Blow(int at, Way way) {
    @Override
    public String toString() {
      return way + " at point " + at;
    }
  }

  /**
   * What {@link #words} says.
   *
   * @param words gateway, on or off, outcome, then a point and a way for each blow; a restore is
   *     the commit that it goes back to and what is restored
   */
  static CrashCase parse(String[] words, long seed) {
    if (words.length < 5 || words.length % 2 == 0) {
      throw new IllegalArgumentException("gateway:on:OUTCOME, then POINT:WAY for each blow");
    }
    var blows = new ArrayList<Blow>();
    @Nullable Back back = null;
    for (int i = 3; i + 1 < words.length; i += 2) {
      var at = Integer.parseInt(words[i]);
      var what = words[i + 1];
      if (Stream.of(What.values()).anyMatch(w -> w.name().equals(what))) {
        back = new Back(at, What.valueOf(what));
      } else {
        blows.add(new Blow(at, Way.valueOf(what)));
      }
    }
    var outcome = CrashOutcome.valueOf(words[2]);
    return new CrashCase(words[0], words[1].equals("on"), outcome, blows, back, seed);
  }

  /** How this story is asked for on the command line. */
  String words() {
    var words = new ArrayList<>(List.of(kind, remembers ? "on" : "off", outcome.name()));
    blows.forEach(blow -> words.addAll(List.of("" + blow.at(), blow.way().name())));
    if (back != null) {
      words.addAll(List.of("" + back.toCommit(), back.what().name()));
    }
    return "-Dcrash.points=%s -Dcrash.seed=%d".formatted(String.join(":", words), seed);
  }

  CrashCase with(int at, Way way) {
    return with(List.of(new Blow(at, way)), at);
  }

  CrashCase with(List<Blow> otherBlows, long otherSeed) {
    return new CrashCase(kind, remembers, outcome, otherBlows, back, otherSeed);
  }

  CrashCase with(Back restored) {
    return new CrashCase(kind, remembers, outcome, blows, restored, seed);
  }

  @Override
  public String toString() {
    return kind
        + (remembers ? " " : " (remembers nothing) ")
        + outcome
        + ", "
        + blows.stream().map(Blow::toString).collect(Collectors.joining(", then "))
        + (back == null ? "" : ", " + back);
  }
}
