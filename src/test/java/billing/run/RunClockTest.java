package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RunClockTest {

  private static final Instant TWO = Instant.parse("2026-11-24T02:00:00Z");

  private final AtomicLong nanos = new AtomicLong(-5);
  private final RunClock clock = new RunClock(TWO, nanos::get);

  @Test
  void betweenTwoReadingsTheMonotonicClockCarriesIt() {
    nanos.addAndGet(Duration.ofSeconds(90).toNanos());

    assertThat(clock.now()).isEqualTo(TWO.plusSeconds(90));
  }

  @Test
  void aNewReadingIsBelievedWhereItIsAhead() {
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    clock.set(TWO.plusSeconds(11));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(clock.now()).isEqualTo(TWO.plusSeconds(12));
  }

  @Test
  void timeNeverGoesBackWithinARun() {
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    clock.set(TWO.minusSeconds(3600));

    assertThat(clock.now()).isEqualTo(TWO.plusSeconds(10));
  }
}
