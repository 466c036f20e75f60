package billing.run;

import billing.model.Timings;
import billing.run.Tripwire.Way;
import billing.sandbox.Weather;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * A schema, a gateway and a mail server in which one crash story after the other happens, each with
 * two invoices of its own.
 */
final class CrashLane implements AutoCloseable {

  private static final Duration PERMIT = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofMillis(1200);
  private static final Duration PROCESSING = Duration.ofMillis(250);
  private static final Duration LAG = Duration.ofMillis(60);
  private static final Duration TRANSIT = Duration.ofMillis(100);
  private static final Duration SKEW = Duration.ofSeconds(1);
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final Duration INDETERMINATE = Duration.ofMillis(4500);
  private static final Duration RECOVERY = Duration.ofSeconds(7);

  /** Of everything before a "not found" counts. */
  static final Duration HORIZON =
      PERMIT.plus(TIMEOUT).plus(TRANSIT).plus(PROCESSING).plus(LAG).plus(SKEW);

  private final String kind;
  final Scene scene;
  final Scene standby;
  private int next = 1001;
  private List<String> lastRuns = List.of();

  CrashLane(String kind) {
    this.kind = kind;
    scene = new Scene("latency=2ms");
    scene.kind = kind;
    scene.concurrency = 2;
    scene.recoveryWait = RECOVERY;
    // With the usual patience: a machine that is busy is not what is tried here.
    scene.timeout = Duration.ofSeconds(20);
    scene.enroll();
    scene.timeout = TIMEOUT;
    standby = new Scene(scene, Scene.freshStateDir());
    standby.kind = kind;
    standby.host = "app2";
    standby.concurrency = 2;
    standby.recoveryWait = RECOVERY;
    standby.timeout = Duration.ofSeconds(20);
    standby.enrollLongAgo();
    standby.timeout = TIMEOUT;
  }

  /** How many crossings a run has that nothing happens to. */
  List<String> crossings(CrashCase config) {
    var story = new CrashStory(this, config.with(0, Way.PASS));
    story.live();
    return story.crossed();
  }

  /**
   * Lives through it, and judges.
   *
   * @return the points at which the runs were struck
   * @throws AssertionError with the whole story, where an invariant does not hold
   */
  List<String> live(CrashCase given) {
    var story = new CrashStory(this, given);
    lastRuns = story.ran();
    story.live();
    return story.struckAt();
  }

  /** How the runs of the last story ended. */
  List<String> lastRuns() {
    return lastRuns;
  }

  /** The number of an invoice that no story had yet. */
  int nextInvoice() {
    return next++;
  }

  /** The weather and the clocks of the next story. */
  void set(boolean remembers) {
    var faults = scene.sandbox.faults();
    faults.clear();
    var window = kind.equals("nmi") && remembers ? WINDOW : Duration.ZERO;
    faults.weather(
        Weather.parse(
            "latency=2ms,lag=%dms,duplicate-window=%dms,idempotency=%s"
                .formatted(LAG.toMillis(), window.toMillis(), remembers ? "on" : "off")));
    var timings =
        new Timings(
            PERMIT, TRANSIT, PROCESSING, LAG, SKEW, Duration.ofMillis(80), window, INDETERMINATE);
    scene.timings = timings;
    standby.timings = timings;
  }

  boolean isStripe() {
    return kind.equals("stripe");
  }

  int gatewayPort() {
    return (isStripe() ? scene.sandbox.stripeUrl() : scene.sandbox.nmiUrl()).getPort();
  }

  /** The same host once more, with everything that it says passing those ports. */
  Scene through(int database, int money, int mail) {
    var run = new Scene(scene, scene.stateDir);
    run.kind = kind;
    run.host = scene.host;
    run.concurrency = 2;
    run.timeout = TIMEOUT;
    run.recoveryWait = scene.recoveryWait;
    run.timings = scene.timings;
    run.mortal = true;
    run.login = scene.schema.settingsThrough(database);
    run.gatewayUrl = URI.create("http://127.0.0.1:" + money);
    run.mailPort = mail;
    return run;
  }

  @Override
  public void close() {
    scene.close();
  }
}
