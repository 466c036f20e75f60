package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimPermitTest {

  private static final Duration LIFE = Duration.ofSeconds(20);
  private static final Instant TWO = Instant.parse("2026-11-24T02:00:00Z");

  @ParameterizedTest(name = "{0} s by the monotonic clock, {1} s by the wall clock: {2}")
  @CsvSource({
    "0, 0, true",
    "19, 19, true",
    "20, 20, false",
    // The machine was suspended: its monotonic clock stood still.
    "1, 3600, false",
    // The wall clock was set, forward or back, or stands still.
    "1, 21, false",
    "1, -1, false",
    "25, 0, false",
    "25, -3600, false"
  })
  void bothClocksMustAgreeThatItHasNotExpired(int nanos, int wall, boolean valid) {
    var nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
    var wallClock = new AtomicReference<>(TWO);
    var permit = new ClaimPermit(LIFE, nanoTime::get, wallClock::get);

    nanoTime.addAndGet(Duration.ofSeconds(nanos).toNanos());
    wallClock.set(TWO.plusSeconds(wall));

    assertThat(permit.stillValid()).isEqualTo(valid);
  }
}
