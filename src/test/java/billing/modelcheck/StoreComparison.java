package billing.modelcheck;

import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.modelcheck.Config.Guard;
import billing.store.Booked;
import billing.store.ClaimResult;
import billing.store.Recorded;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Does the same to both stores and compares, after each call, what they answered and what they
 * show. A call is drawn from a number of its own, so that a sequence stays one when calls are left
 * out of it.
 */
final class StoreComparison implements AutoCloseable {

  /** Where the two part. */
  record Parting(List<Long> calls, List<String> story) {

    String text() {
      return "the stores differ after %d calls:\n  %s"
          .formatted(calls.size(), String.join("\n  ", story));
    }
  }

  private static final int MOST_TRIES = 400;

  private final RealSide real;
  private final Set<Guard> missing;

  /** How many calls were compared, and of the kinds of their answers. */
  int compared;

  final Map<String, Integer> kinds = new TreeMap<>();

  /**
   * A comparison.
   *
   * @param missing guards that the simulation lacks, to see that this is noticed
   */
  StoreComparison(Set<Guard> missing) throws SQLException {
    this.real = new RealSide();
    this.missing = missing;
  }

  /** A sequence from a seed: where the two part, made as short as it gets; null: nowhere. */
  @Nullable Parting run(long seed) throws SQLException {
    var random = new Random(seed);
    var calls = random.longs(30 + random.nextInt(31)).boxed().toList();
    var parting = compare(calls);
    return parting == null ? null : shortened(parting);
  }

  private Parting shortened(Parting parting) throws SQLException {
    var shortest = parting;
    var tries = 0;
    for (int part = shortest.calls().size() / 2; part > 0; part /= 2) {
      for (int at = 0; at < shortest.calls().size() && tries < MOST_TRIES; tries++) {
        var fewer = new ArrayList<>(shortest.calls());
        fewer.subList(at, Math.min(at + part, fewer.size())).clear();
        var still = compare(fewer);
        if (still == null) {
          at += part;
        } else {
          shortest = still;
        }
      }
    }
    return shortest;
  }

  private @Nullable Parting compare(List<Long> calls) throws SQLException {
    real.empty();
    var sim = new SimSide(missing);
    var story = new ArrayList<String>();
    for (int i = 0; i < calls.size(); i++) {
      var call = new StoreDraw(sim.store, sim.runs(), calls.get(i)).call();
      story.add(call.toString());
      var answer = answer(real, call);
      sim.learn(answer);
      var apart = apart(answer, answer(sim, call));
      compared++;
      kinds.merge(kind(call, answer), 1, Integer::sum);
      story.addAll(apart.isEmpty() ? apart(real.shown(), sim.shown()) : apart);
      if (story.size() > i + 1) {
        return new Parting(calls.subList(0, i + 1), story);
      }
    }
    return null;
  }

  private static String kind(StoreCall call, Object answer) {
    var told = answer instanceof ClaimResult || answer instanceof Recorded ? answer : call;
    return told.getClass().getSimpleName();
  }

  private static List<String> apart(Object real, Object simulated) {
    return real.equals(simulated)
        ? List.of()
        : List.of("the store answers: " + real, "the simulation:    " + simulated);
  }

  /** The lines that only one of them has. */
  private static List<String> apart(List<String> real, List<String> simulated) {
    var lines = new ArrayList<String>();
    real.stream().filter(line -> !simulated.contains(line)).forEach(l -> lines.add("store: " + l));
    simulated.stream().filter(line -> !real.contains(line)).forEach(l -> lines.add("sim:   " + l));
    return lines.isEmpty() && !real.equals(simulated)
        ? List.of("store: " + real, "sim:   " + simulated)
        : lines;
  }

  private static Object answer(StoreSide side, StoreCall call) {
    try {
      return plain(side.take(call));
    } catch (RuntimeException e) {
      return "thrown: " + e.getMessage();
    }
  }

  /** Without what is no promise: the order of differences, and the server's words. */
  private static Object plain(Object answer) {
    return switch (answer) {
      case ClaimResult.Claimed c ->
          new ClaimResult.Claimed(
              c.sent(),
              c.cancelled(),
              plain(c.differences()),
              c.nothingLeft(),
              c.overTotal(),
              c.nextNotBefore(),
              c.schemaAtFault());
      case Recorded.Written w ->
          new Recorded.Written(
              w.written(), w.moved(), w.refused(), plain(w.differences()), w.schemaAtFault());
      case Booked b -> {
        var refused = new HashMap<>(b.notBookable());
        refused.replaceAll((key, why) -> "");
        yield new Booked(b.booked(), b.moved(), refused, plain(b.differences()), b.schemaAtFault());
      }
      default -> answer;
    };
  }

  private static List<Difference> plain(List<Difference> differences) {
    return differences.stream()
        .map(d -> new Difference(d.kind(), d.subject(), d.invoiceId(), detail(d)))
        .sorted(Comparator.comparing(Difference::toString))
        .toList();
  }

  static String detail(Difference difference) {
    return difference.kind() == DifferenceKind.NOT_BOOKABLE ? "" : difference.detail();
  }

  @Override
  public void close() throws SQLException {
    real.close();
  }
}
