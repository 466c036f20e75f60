package billing.run;

import billing.run.Tripwire.Way;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One story to be lived through: who asks, what the gateway makes of it, and where it goes wrong.
 *
 * @param remembers whether the gateway recognises a repeat: by the key, or as a duplicate
 * @param blows the first strikes the first run, the second the run after it
 * @param seed of the small accidents
 */
record CrashCase(
    String kind, boolean remembers, CrashOutcome outcome, List<Blow> blows, long seed) {

  /** The crossing at which a run is struck, and how. */
  record Blow(int at, Way way) {
    @Override
    public String toString() {
      return way + " at point " + at;
    }
  }

  CrashCase with(int at, Way way) {
    return with(List.of(new Blow(at, way)), at);
  }

  CrashCase with(List<Blow> otherBlows, long otherSeed) {
    return new CrashCase(kind, remembers, outcome, otherBlows, otherSeed);
  }

  @Override
  public String toString() {
    return kind
        + (remembers ? " " : " (remembers nothing) ")
        + outcome
        + ", "
        + blows.stream().map(Blow::toString).collect(Collectors.joining(", then "));
  }
}
