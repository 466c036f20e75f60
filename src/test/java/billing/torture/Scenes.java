package billing.torture;

import billing.torture.Harms.Harm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Accidents that chance would seldom bring about, staged in the middle of all the others. */
final class Scenes {

  private static final int TRIES = 3;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONGER_THAN_A_PERMIT = Duration.ofMillis(2500);

  private final World world;

  Scenes(World world) {
    this.world = world;
  }

  List<Harm> all() {
    return List.of(this::fencedOff, this::lockIsLost, this::permitExpires);
  }

  /** The session that has the lock, if any, ends, and nobody tells its runner. */
  void killLock() {
    var holder = world.around.rows("SELECT IS_USED_LOCK('%s')".formatted(World.LOCK)).getFirst();
    if (holder != null) {
      world.sql("KILL " + holder + ";");
      world.count(Edge.LOCK_KILLED, true);
    }
  }

  /** A runner sleeps; a host that does not see its lock takes over; the first wakes and goes on. */
  private void fencedOff() throws IOException, InterruptedException {
    var before = world.runners.fenced();
    for (int i = 0; i < TRIES && world.runners.fenced() == before; i++) {
      var sleeper = charging(world.main());
      world.runners.signal(sleeper, "STOP");
      var epoch = epoch();
      start(world.standby());
      world.within(SOON, () -> epoch() > epoch);
      world.runners.signal(sleeper, "CONT");
      world.runners.await(sleeper);
    }
    world.weather(World.CALM);
  }

  /** While it charges. */
  private void lockIsLost() throws IOException, InterruptedException {
    charging(world.main());
    killLock();
    world.weather(World.CALM);
  }

  /** The reply to a claim's COMMIT comes later than its permit lasts. */
  private void permitExpires() throws IOException, InterruptedException {
    var host = world.anyHost();
    var before = host.node().delayedClaims();
    for (int i = 0; i < TRIES && host.node().delayedClaims() == before; i++) {
      host.node().delayClaim(LONGER_THAN_A_PERMIT);
      world.due(20);
      start(host);
      world.within(SOON, () -> host.node().delayedClaims() > before);
    }
  }

  /** A runner in the middle of charging, with so much to do that it stays there for seconds. */
  private Runners.Runner charging(World.Host host) throws IOException, InterruptedException {
    world.runners.killAll();
    world.weather("latency=300ms,lag=100ms,duplicate-window=0ms");
    world.due(80);
    var ledger = world.around.gateway().ledger();
    var before = ledger.charges().size();
    var runner = start(host);
    world.within(SOON, () -> ledger.charges().size() > before);
    return runner;
  }

  private Runners.Runner start(World.Host host) throws IOException {
    return world.runners.start(host.settings(), "charge", "--wait", "5s");
  }

  private long epoch() {
    return world.around.count("SELECT epoch FROM billing_fence");
  }
}
