package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import billing.run.CrashCase.Back;
import billing.run.CrashCase.Blow;
import billing.run.CrashCase.What;
import billing.run.Tripwire.Way;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A run dies at every boundary of its I/O, in every way, whatever the gateway makes of its
 * requests; normal runs finish what it left, and the invariants are judged.
 *
 * <p>The build lives through a sample of a minute. All of it: {@code mvn test
 * -Dtest=CrashPointsTest -Dcrash.points=all}; every tenth of it, from a seed: {@code
 * -Dcrash.points=all -Dcrash.share=10 -Dcrash.seed=7}; one story again: {@code
 * -Dcrash.points=nmi:on:RESET_AFTER:143:LATE}, or {@code 140-150} for several. A story that failed
 * says how it is lived through again.
 */
class CrashPointsTest {

  private static final String POINTS = System.getProperty("crash.points", "sample");
  private static final long SEED = Long.getLong("crash.seed", 1);
  private static final int SAMPLE_SECONDS = Integer.getInteger("crash.seconds", 60);

  /** No run that nothing happens to has more crossings than this; most have two thirds of it. */
  private static final int CROSSINGS = 200;

  /** Up to here a run logs in and proves its guards, whatever there is to charge. */
  private static final int BEGINNING = 65;

  /** A run has about as many. */
  private static final int COMMITS = 9;

  private final Random dice = new Random(SEED);

  @Test
  void whereverARunDiesNobodyIsChargedTwiceAndNothingIsLost() {
    switch (POINTS) {
      case "sample" -> sample();
      case "all" -> all();
      default -> one(POINTS.split(":"));
    }
  }

  private void sample() {
    try (var tour = new CrashTour(Integer.getInteger("crash.lanes", 6), SAMPLE_SECONDS)) {
      var cases = new ArrayList<CrashCase>();
      for (int i = 0; i < 2000; i++) {
        cases.add(any());
      }
      var result = tour.live(cases);
      System.out.println(result);
      assertThat(result.failures()).isEmpty();
      assertThat(result.struck()).as("%s", result).isGreaterThan(result.stories() / 2);
      assertThat(result.stories()).as("%s", result).isGreaterThan(12);
    }
  }

  private void all() {
    try (var tour = new CrashTour(Integer.getInteger("crash.lanes", 16), Integer.MAX_VALUE)) {
      var cases = every(tour);
      Collections.shuffle(cases, dice);
      var share = cases.size() / Integer.getInteger("crash.share", 1);
      var pairs = Integer.getInteger("crash.pairs", share / 10);
      var chosen = new ArrayList<>(cases.subList(0, share));
      for (int i = 0; i < pairs; i++) {
        chosen.add(second(config(), i % 3));
      }
      System.out.printf("%d points in all, %d stories%n", cases.size(), chosen.size());
      var result = tour.live(chosen);
      System.out.println(result);
      assertThat(result.failures()).isEmpty();
      // Chance makes a run a few crossings shorter than the one whose crossings were counted.
      assertThat(result.struck()).as("%s", result).isGreaterThan(share * 9 / 10);
      if (pairs > 100) {
        assertThat(result.cured()).as("restores that were noticed and cured").isPositive();
      }
    }
  }

  private static void one(String[] parts) {
    var dash = parts[3].indexOf('-');
    var last = Integer.parseInt(parts[3].substring(dash + 1));
    var first = dash < 0 ? last : Integer.parseInt(parts[3].substring(0, dash));
    var strikes = false;
    var struck = new ArrayList<String>();
    try (var lane = new CrashLane(parts[0])) {
      for (int at = first; at <= last; at++) {
        parts[3] = "" + at;
        var story = CrashCase.parse(parts, SEED);
        strikes |= story.blows().stream().anyMatch(blow -> blow.way() != Way.PASS);
        var points = lane.live(story);
        System.out.println("struck at " + points + "; " + lane.lastRuns());
        struck.addAll(points);
      }
    }
    // A point past the end of a run strikes nothing; of several, the last ones may be there.
    assertThat(strikes && struck.isEmpty()).as("nothing was struck").isFalse();
  }

  /** Every point of every run that there is, in every way that differs there. */
  private static List<CrashCase> every(CrashTour tour) {
    var cases = new ArrayList<CrashCase>();
    var all = tour.crossings(configs());
    for (var config : configs()) {
      var crossings = all.getOrDefault(config, List.of());
      var first = crossings.indexOf("db: commit") + 1;
      for (int at = config.outcome() == CrashOutcome.APPROVED ? 1 : first;
          at <= crossings.size();
          at++) {
        for (var way : ways(crossings.get(at - 1))) {
          cases.add(config.with(at, way));
        }
      }
    }
    return cases;
  }

  /** A statement that is rolled back is the same before and after; the rest is not. */
  private static Set<Way> ways(String crossing) {
    var all = EnumSet.of(Way.BEFORE, Way.AFTER, Way.REPLY_LOST, Way.LATE, Way.CUT);
    all.addAll(List.of(Way.DROPPED, Way.DELAYED));
    if (crossing.startsWith("gateway: POST")) {
      all.add(Way.UNWITNESSED);
    }
    var whole = crossing.equals("db: commit") || crossing.contains("LOCK(");
    return whole || !crossing.startsWith("db: ") ? all : EnumSet.of(Way.BEFORE, Way.LATE, Way.CUT);
  }

  private static List<CrashCase> configs() {
    var configs = new ArrayList<CrashCase>();
    for (var kind : List.of("stripe", "nmi")) {
      for (var remembers : List.of(true, false)) {
        for (var outcome : CrashOutcome.values()) {
          if (outcome.fits(kind, remembers)) {
            configs.add(new CrashCase(kind, remembers, outcome, List.of(), null, 0));
          }
        }
      }
    }
    return configs;
  }

  private CrashCase config() {
    var configs = configs();
    return configs.get(dice.nextInt(configs.size()));
  }

  private CrashCase any() {
    var config = config();
    var ways = EnumSet.complementOf(EnumSet.of(Way.PASS, Way.ASLEEP, Way.GONE_BACK));
    var kind = dice.nextInt(6);
    return kind < 3 ? second(config, kind) : config.with(point(), anyOf(List.copyOf(ways)));
  }

  /** A crash in the recovery of the first, a sleeper while another host does it all, a restore. */
  private CrashCase second(CrashCase config, int kind) {
    var ways = List.of(Way.BEFORE, Way.AFTER, Way.REPLY_LOST, Way.LATE, Way.CUT);
    var deadly = List.of(Way.BEFORE, Way.AFTER, Way.REPLY_LOST, Way.LATE);
    return switch (kind) {
      case 0 -> config.with(List.of(blow(anyOf(ways)), blow(anyOf(ways))), dice.nextLong());
      case 1 -> config.with(List.of(blow(Way.ASLEEP), blow(anyOf(ways))), dice.nextLong());
      default -> {
        var way = List.of(anyOf(deadly), Way.GONE_BACK, Way.ASLEEP).get(dice.nextInt(3));
        yield config
            .with(List.of(blow(way)), dice.nextLong())
            .with(new Back(dice.nextInt(COMMITS), anyOf(List.of(What.values()))));
      }
    };
  }

  private Blow blow(Way way) {
    return new Blow(point(), way);
  }

  private <T> T anyOf(List<T> choices) {
    return choices.get(dice.nextInt(choices.size()));
  }

  private int point() {
    return dice.nextInt(10) == 0
        ? 1 + dice.nextInt(CROSSINGS)
        : BEGINNING + dice.nextInt(CROSSINGS - BEGINNING);
  }
}
