package billing.modelcheck;

import billing.modelcheck.Form.Print;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every state that a configuration can reach, breadth first: so the story of the first violation is
 * a shortest one. From each state without a live run, orderly runs must bring everything to its
 * end.
 */
final class Search {

  /** What came of it. A story is there where something was violated. */
  record Result(
      Config config, int states, long millis, @Nullable String violation, List<String> story) {

    String text() {
      return violation == null
          ? "%s: %,d states in %.1f s".formatted(config.name(), states, millis / 1000.0)
          : "%s: %s, after %,d states in %.1f s:\n  %s"
              .formatted(
                  config.name(), violation, states, millis / 1000.0, String.join("\n  ", story));
    }
  }

  private record Node(World world, int number) {}

  private record Found(World world, Print print, int choice) {}

  private record After(int number, List<Found> found, Drain.@Nullable Trouble trouble) {}

  /** States that are gone on from at once, by all processors; their order stays the same. */
  private static final int BATCH = 4096;

  private final Config config;
  private final int most;
  private final Map<Print, Integer> seen = new HashMap<>();
  private final Set<Print> drained = ConcurrentHashMap.newKeySet();
  private int[] parents = new int[1 << 16];
  private short[] choices = new short[1 << 16];
  private final ArrayDeque<Node> open = new ArrayDeque<>();

  private Search(Config config, int most) {
    this.config = config;
    this.most = most;
  }

  /** Searches all of it. */
  static Result of(Config config) {
    return of(config, Integer.MAX_VALUE);
  }

  /**
   * Searches until so many states are found.
   *
   * @throws IllegalStateException where there are more, since a search that was cut off proves
   *     nothing
   */
  static Result of(Config config, int most) {
    return new Search(config, most).run();
  }

  private Result run() {
    var start = System.nanoTime();
    var world = new World(config);
    see(world, world.form(), -1, 0);
    while (!open.isEmpty()) {
      var batch = new ArrayList<Node>();
      while (!open.isEmpty() && batch.size() < BATCH) {
        batch.add(open.removeFirst());
      }
      for (var after : batch.parallelStream().map(this::after).toList()) {
        if (after.trouble() != null) {
          return result(start, after.trouble().violation(), after.trouble().story());
        }
        for (var next : after.found()) {
          see(next.world(), next.print(), after.number(), next.choice());
        }
      }
    }
    return result(start, null, List.of());
  }

  /** Where a state leads to, or what is wrong with it. */
  private After after(Node node) {
    var number = node.number();
    var world = node.world();
    var drain = world.runs.isEmpty() ? new Drain(world, drained).run() : null;
    if (drain != null) {
      return new After(number, List.of(), told(number, drain.story(), drain.violation()));
    }
    var found = new ArrayList<Found>();
    var moves = Moves.of(world);
    for (int i = 0; i < moves.size(); i++) {
      var next = moves.get(i).in(world);
      if (next.broken != null) {
        var last = List.of(moves.get(i).text().get());
        return new After(number, List.of(), told(number, last, next.broken));
      }
      found.add(new Found(next, next.form(), i));
    }
    return new After(number, found, null);
  }

  private Drain.Trouble told(int number, List<String> more, String violation) {
    var story = story(number);
    story.addAll(more);
    return new Drain.Trouble(violation, story);
  }

  private void see(World world, Print print, int parent, int choice) {
    var number = seen.size();
    if (seen.putIfAbsent(print, number) != null) {
      return;
    }
    if (number >= most) {
      throw new IllegalStateException(config.name() + " has more than " + most + " states");
    }
    if (number == parents.length) {
      parents = Arrays.copyOf(parents, 2 * number);
      choices = Arrays.copyOf(choices, 2 * number);
    }
    parents[number] = parent;
    choices[number] = (short) choice;
    open.addLast(new Node(world, number));
  }

  private Result result(long start, @Nullable String violation, List<String> story) {
    var millis = (System.nanoTime() - start) / 1_000_000;
    return new Result(config, seen.size(), millis, violation, story);
  }

  /** What was done from the beginning to a state, done once more to hear it told. */
  private List<String> story(int number) {
    var way = new ArrayList<Integer>();
    for (int at = number; at > 0; at = parents[at]) {
      way.add((int) choices[at]);
    }
    var story = new ArrayList<String>();
    var world = new World(config);
    for (var choice : way.reversed()) {
      var move = Moves.of(world).get(choice);
      story.add(move.text().get());
      world = move.in(world);
    }
    return story;
  }
}
