package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

  private static final Duration BETWEEN = Duration.ofMillis(10);
  private static final Instant TWO = Instant.parse("2026-11-24T02:00:00Z");

  private final AtomicInteger asked = new AtomicInteger();
  private final List<Instant> times = new CopyOnWriteArrayList<>();
  private final CountDownLatch listening = new CountDownLatch(1);
  private final CountDownLatch lost = new CountDownLatch(1);

  @Test
  void itBringsTheDatabasesTimeAlongUntilTheLockIsLostAndThenAsksNoMore() throws Exception {
    try (var heartbeat = new Heartbeat(BETWEEN, this::threeTimes)) {
      heartbeat.tell(times::add, lost::countDown);
      listening.countDown();
      assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
      Thread.sleep(BETWEEN.multipliedBy(5));
    }

    assertThat(times).containsExactly(TWO.plusSeconds(1), TWO.plusSeconds(2), TWO.plusSeconds(3));
    assertThat(asked).hasValue(4);
  }

  private Optional<Instant> threeTimes() {
    await(listening);
    var nth = asked.incrementAndGet();
    return nth <= 3 ? Optional.of(TWO.plusSeconds(nth)) : Optional.empty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void onceClosedItIsSilent() throws Exception {
    var heartbeat = new Heartbeat(Duration.ofMinutes(1), this::threeTimes);
    heartbeat.close();
    Thread.sleep(50);

    assertThat(asked).hasValue(0);
  }

  @Test
  void aQuestionUnderWayIsNotInterruptedWhichWouldCloseItsConnection() throws Exception {
    var begun = new CountDownLatch(1);
    var interrupted = new CompletableFuture<Boolean>();
    var heartbeat =
        new Heartbeat(
            BETWEEN,
            () -> {
              begun.countDown();
              LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
              interrupted.complete(Thread.interrupted());
              return Optional.empty();
            });
    begun.await();
    heartbeat.close();

    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void aQuestionThatBreaksCountsAsALostLock() throws Exception {
    try (var heartbeat = new Heartbeat(BETWEEN, this::broken)) {
      heartbeat.tell(times::add, lost::countDown);
      assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aLockThatWasLostBeforeAnybodyListenedIsToldAtOnce() throws Exception {
    try (var heartbeat = new Heartbeat(BETWEEN, this::broken)) {
      while (asked.get() == 0) {
        Thread.sleep(1);
      }
      heartbeat.tell(times::add, lost::countDown);
      assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Optional<Instant> broken() {
    asked.incrementAndGet();
    throw new IllegalStateException("a bug");
  }
}
