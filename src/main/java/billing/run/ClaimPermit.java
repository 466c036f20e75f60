package billing.run;

import billing.gateway.Permit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Leave to begin the sends of one claim, from before the claim's first statement.
 *
 * <p>Two clocks must agree that it has not expired: the monotonic one stands still while a machine
 * is suspended, the wall clock jumps.
 */
final class ClaimPermit implements Permit {

  private final Duration life;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final long nanosAtStart;
  private final Instant wallAtStart;

  ClaimPermit(Duration life, LongSupplier nanoTime, InstantSource wallClock) {
    this.life = life;
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
    this.nanosAtStart = nanoTime.getAsLong();
    this.wallAtStart = wallClock.instant();
  }

  @Override
  public boolean stillValid() {
    var byNanos = Duration.ofNanos(nanoTime.getAsLong() - nanosAtStart);
    var byWall = Duration.between(wallAtStart, wallClock.instant());
    // A wall clock that went back says nothing about how long it has been.
    return byNanos.compareTo(life) < 0 && byWall.compareTo(life) < 0 && !byWall.isNegative();
  }
}
