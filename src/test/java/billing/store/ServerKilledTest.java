package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.sandbox.EmbeddedDatabase;
import billing.store.DatabaseTrouble.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The database server dies in the middle of a run, and comes back or does not. */
@Timeout(120)
class ServerKilledTest {

  private EmbeddedDatabase server;
  private Shop shop;

  @BeforeEach
  void open() {
    server = EmbeddedDatabase.start(Path.of("target", "mariadb-to-kill"));
    shop = new Shop(TestDatabase.fresh(server), null, null);
  }

  @AfterEach
  void close() {
    shop.close();
    server.close();
  }

  @Test
  void anApprovalIsBookedThoughTheServerDiedAndCameBack() throws Exception {
    var sent = shop.sent(2);
    server.kill9();
    var restart = Thread.ofPlatform().start(() -> restartAfter(Duration.ofSeconds(1)));

    var booked = shop.book(Shop.settle(sent.get(0), "pi_1"), Shop.settle(sent.get(1), "pi_2"));

    restart.join();
    assertThat(booked.booked()).hasSize(2);
    assertThat(shop.test.one("SELECT COUNT(*) FROM payments")).isEqualTo("2");
  }

  @Test
  void whatWasClaimedIsSentStillAfterTheServerCameBack() throws Exception {
    var sent = shop.sent(3);

    server.kill9();
    server.restart();

    assertThat(new AttemptReader(shop.database).sentBefore(99, null, 10)).isEqualTo(sent);
    assertThat(shop.record(Shop.decline(sent.get(0), null)).written()).hasSize(1);
  }

  @Test
  void oneThatStaysAwayIsSaidSoInBoundedTime() {
    var sent = shop.sent(1);
    server.kill9();
    var begin = System.nanoTime();

    assertThatThrownBy(() -> shop.book(Shop.settle(sent.getFirst(), "pi_1")))
        .isInstanceOfSatisfying(
            DatabaseTrouble.class, t -> assertThat(t.kind()).isEqualTo(Kind.UNREACHABLE));
    assertThatThrownBy(() -> shop.tryClaim(1)).isInstanceOf(DatabaseTrouble.class);

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
    server.restart();
    assertThat(shop.state(sent.getFirst().key())).isEqualTo("SENT");
  }

  private void restartAfter(Duration pause) {
    try {
      Thread.sleep(pause);
      server.restart();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
