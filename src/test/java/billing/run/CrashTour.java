package billing.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Lives through many crash stories at once: most of the time of each is waiting. */
final class CrashTour implements AutoCloseable {

  /** A lane's history grows with its stories; a fresh one is soon faster. */
  private static final int STORIES_A_LANE = 150;

  private static final int ENOUGH_FAILURES = 5;

  /**
   * What came of it.
   *
   * @param struck how many runs were struck, a second one of the same story included
   * @param points how many were struck at what
   * @param cured how many restores were noticed and cured by a reconciliation
   */
  record Result(
      int stories,
      int struck,
      Map<String, Integer> points,
      int cured,
      List<String> failures,
      long seconds) {

    @Override
    public String toString() {
      return "%d stories, %d runs struck at %d kinds of points, %d restores cured, %d violations, %d s"
          .formatted(stories, struck, points.size(), cured, failures.size(), seconds);
    }
  }

  private final int lanes;
  private final long limitSeconds;
  private final ExecutorService threads;

  CrashTour(int lanes, long limitSeconds) {
    this.lanes = lanes;
    this.limitSeconds = limitSeconds;
    this.threads = Executors.newFixedThreadPool(lanes);
  }

  /** The crossings of each configuration's run that nothing happens to. */
  Map<CrashCase, List<String>> crossings(List<CrashCase> configs) {
    Map<CrashCase, List<String>> found = Collections.synchronizedMap(new java.util.HashMap<>());
    var failures = Collections.synchronizedList(new ArrayList<String>());
    onLanes(configs, failures, (lane, config) -> found.put(config, lane.crossings(config)));
    if (!failures.isEmpty()) {
      throw new AssertionError(String.join("\n", failures));
    }
    return found;
  }

  Result live(List<CrashCase> cases) {
    var begun = System.nanoTime();
    var stories = new AtomicInteger();
    var cured = new AtomicInteger();
    var points = new ConcurrentLinkedQueue<String>();
    var failures = Collections.synchronizedList(new ArrayList<String>());
    onLanes(
        cases,
        failures,
        (lane, given) -> {
          points.addAll(lane.live(given));
          if (lane.lastRuns().stream().anyMatch(run -> run.endsWith(", cured"))) {
            cured.incrementAndGet();
          }
          var done = stories.incrementAndGet();
          if (done % 1000 == 0) {
            System.out.println(done + " stories");
          }
        });
    var counts = new TreeMap<String, Integer>();
    points.forEach(point -> counts.merge(kind(point), 1, Integer::sum));
    return new Result(
        stories.get(),
        points.size(),
        counts,
        cured.get(),
        failures,
        Duration.ofNanos(System.nanoTime() - begun).toSeconds());
  }

  /** Without what differs from run to run. */
  private static String kind(String point) {
    return point
        .replaceAll("'[^']*'?", "'")
        .replaceAll("\\d+", "0")
        .replaceAll("[A-Z0]+-0-0", "KEY");
  }

  private interface Work {
    void on(CrashLane lane, CrashCase given);
  }

  private void onLanes(List<CrashCase> cases, List<String> failures, Work work) {
    var giveUp =
        limitSeconds == Integer.MAX_VALUE
            ? Long.MAX_VALUE
            : System.nanoTime() + limitSeconds * 1_000_000_000L;
    var queues = new TreeMap<String, Queue<CrashCase>>();
    for (var given : cases) {
      queues.computeIfAbsent(given.kind(), k -> new ConcurrentLinkedQueue<>()).add(given);
    }
    var kinds = List.copyOf(queues.keySet());
    var running = new ArrayList<Future<@Nullable Void>>();
    for (int i = 0; i < lanes; i++) {
      var kind = kinds.get(i % kinds.size());
      var queue = queues.getOrDefault(kind, new ConcurrentLinkedQueue<>());
      Callable<@Nullable Void> lane =
          () -> {
            onOneLane(kind, queue, failures, work, giveUp);
            return null;
          };
      running.add(threads.submit(lane));
    }
    running.forEach(CrashTour::join);
  }

  private static void onOneLane(
      String kind, Queue<CrashCase> queue, List<String> failures, Work work, long giveUp) {
    while (!queue.isEmpty() && failures.size() < ENOUGH_FAILURES && System.nanoTime() < giveUp) {
      try (var lane = new CrashLane(kind)) {
        for (int i = 0; i < STORIES_A_LANE && System.nanoTime() < giveUp; i++) {
          var given = queue.poll();
          if (given == null) {
            return;
          }
          work.on(lane, given);
        }
      } catch (AssertionError e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
  }

  private static void join(Future<@Nullable Void> lane) {
    try {
      lane.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new AssertionError("a lane broke down: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
