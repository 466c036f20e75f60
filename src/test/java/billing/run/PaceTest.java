package billing.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void requestsLeaveEvenlyAndNotFasterThanTheRate() throws InterruptedException {
    var pace = new Pace(100, System::nanoTime);
    var begin = System.nanoTime();

    for (int i = 0; i < 21; i++) {
      pace.await();
    }

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());
  }

  @Test
  void manyAtOnceShareTheRate() throws InterruptedException {
    var pace = new Pace(100, System::nanoTime);
    var begin = System.nanoTime();

    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 21; i++) {
      threads.add(Thread.ofVirtual().start(() -> await(pace)));
    }
    for (var thread : threads) {
      thread.join();
    }

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());
  }

  private static void await(Pace pace) {
    try {
      pace.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatWasNotUsedIsNotSavedUp() throws InterruptedException {
    var pace = new Pace(20, System::nanoTime);
    Thread.sleep(300);
    var begin = System.nanoTime();

    for (int i = 0; i < 3; i++) {
      pace.await();
    }

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
  }

  @Test
  void withoutARateNobodyWaits() throws InterruptedException {
    var pace = new Pace(0, System::nanoTime);
    var begin = System.nanoTime();

    for (int i = 0; i < 10_000; i++) {
      pace.await();
    }

    assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(2).toNanos());
  }
}
