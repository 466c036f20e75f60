package billing.store;

import static org.assertj.core.api.Assertions.assertThat;

import billing.store.RunLock.Taking;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunLockTest {

  private static TestDatabase test;

  @BeforeAll
  static void create() {
    test = TestDatabase.fresh();
  }

  @Test
  void letsOneInAndSaysWhoItIs() {
    try (var database = Database.open(test.settings(), 2);
        var held = held(Duration.ZERO)) {
      var starter = new Runs.Starter(Command.CHARGE, "app1", 4711, "test", null);
      var fence = new Runs(database).begin(starter);

      assertThat(RunLock.take(test.settings(), Duration.ZERO))
          .isInstanceOfSatisfying(
              Taking.TakenBy.class,
              taken ->
                  assertThat(taken.run())
                      .isNotNull()
                      .extracting(run -> run.host() + " " + run.no())
                      .isEqualTo("app1 " + fence.epoch()));
      assertThat(held.heartbeat().held()).isTrue();
      assertThat(held.heartbeat().databaseTime()).isNotNull();
    }
    held(Duration.ZERO).close();
  }

  @Test
  void isWaitedForAsLongAsAsked() throws Exception {
    var first = held(Duration.ZERO);
    var second = Thread.ofVirtual().start(() -> held(Duration.ofSeconds(20)).close());
    Thread.sleep(200);
    assertThat(second.isAlive()).isTrue();

    first.close();

    assertThat(second.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void aKilledSessionIsNoticedThoughItsConnectionLooksAlive() {
    try (var held = held(Duration.ZERO)) {
      var id = test.one("SELECT IS_USED_LOCK('" + RunLock.name(test.schema()) + "')");
      test.admin("KILL " + id + ";");

      assertThat(held.heartbeat().held()).isFalse();
      held(Duration.ofSeconds(5)).close();
    }
  }

  @Test
  void aSessionThatTheServerDroppedIsNoticed() {
    try (var held = held(Duration.ZERO)) {
      test.admin("DO RELEASE_ALL_LOCKS();");
      assertThat(held.heartbeat().held()).as("not by a stranger").isTrue();
    }
  }

  @Test
  void oneThatWasGivenBackIsNotHeld() {
    var given = held(Duration.ZERO);
    given.close();

    assertThat(given.heartbeat().held()).isFalse();
  }

  @Test
  void itsNameFitsTheServerHoweverLongTheSchemasIs() {
    assertThat(RunLock.name("Shop")).isEqualTo("billing:shop");
    assertThat(RunLock.name("x".repeat(64))).hasSizeLessThanOrEqualTo(64);
    assertThat(RunLock.name("x".repeat(64))).isNotEqualTo(RunLock.name("x".repeat(63) + "y"));
  }

  private static RunLock held(Duration wait) {
    return ((Taking.Held) RunLock.take(test.settings(), wait)).lock();
  }
}
