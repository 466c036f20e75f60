package billing.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The database goes back to an earlier state under living and sleeping runners. Every host whose
 * witness knows more must refuse; a person reconciles, and all goes on.
 */
final class Backups {

  private static final int REFUSED = 6;

  /** Longer than a horizon is here: 6.3 s. */
  private static final Duration A_HORIZON = Duration.ofSeconds(7);

  private final World world;
  private final Operator operator;
  private @Nullable Snapshot latest;
  private long epochThen;

  Backups(World world, Operator operator) {
    this.world = world;
    this.operator = operator;
  }

  void take() throws IOException {
    latest = world.snapshot();
    epochThen = world.around.count("SELECT epoch FROM billing_fence");
  }

  void restore() throws IOException, InterruptedException {
    if (latest == null) {
      take();
    }
    world.runners.killAll();
    var sleeper = charge(world.standby());
    charge(world.main());
    world.runners.signal(sleeper, "STOP");
    back();
    world.runners.killAllBut(List.of(sleeper));
    refuses(world.main());
    world.runners.signal(sleeper, "CONT");
    world.runners.await(sleeper);
    refuses(world.standby());
    operator.heal(world.main());
    operator.heal(world.standby());
  }

  /** A runner that has begun: its host's witness knows it. */
  private Runners.Runner charge(World.Host host) throws IOException, InterruptedException {
    world.due(10);
    var before = host.epoch();
    var runner = world.runners.start(host, "charge", "--wait", "5s");
    world.within(A_HORIZON.multipliedBy(3), () -> knowsMoreThan(before, host));
    return runner;
  }

  private static boolean knowsMoreThan(long epoch, World.Host host) {
    try {
      return host.epoch() > epoch;
    } catch (IOException beingReplaced) {
      return false;
    }
  }

  /** A host that knows nothing of what was lost has only the gateway's listing, which lags. */
  private void back() throws IOException, InterruptedException {
    var down = Duration.ofMillis(world.random.nextInt(1500));
    for (var host : world.hosts) {
      if (host.epoch() <= epochThen) {
        down = A_HORIZON;
      }
    }
    if (latest != null) {
      world.remember();
      latest.restore(down);
    }
  }

  private void refuses(World.Host host) throws IOException, InterruptedException {
    if (host.epoch() <= epochThen) {
      return;
    }
    var run = world.runners.start(host, "charge", "--wait", "20s");
    var code = world.runners.await(run);
    if (code == REFUSED && Runners.said(run, "went back")) {
      world.count(Edge.RESTORED, true);
    } else {
      world.problems().add("after a restore a run ended with %d: %s".formatted(code, run.output()));
    }
  }
}
