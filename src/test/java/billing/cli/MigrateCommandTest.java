package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import billing.store.DatabaseSettings;
import billing.store.Migrations;
import billing.store.RunLock;
import billing.store.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MigrateCommandTest {

  private static final TestDatabase DATABASE = TestDatabase.empty();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void theTablesAreMadeOnceAndARepeatSaysSo() {
    var owner = DATABASE.ownerSettings();
    assertThat(run(owner, "migrate", "-q")).isZero();
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(run(owner, "migrate")).isZero();
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            "billing migrate: nothing to do; the tables are of version "
                + Migrations.NEWEST
                + ".\n");
    out.reset();
    assertThat(run(owner, "migrate", "--json")).isZero();
    assertThat(out.toString(UTF_8))
        .contains("\"command\" : \"migrate\"", "\"version\" : " + Migrations.NEWEST);
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void aDatabaseThatIsNotThereOrDoesNotLetUsInEndsWithSeven() {
    var owner = DATABASE.ownerSettings();
    for (var wrong :
        List.of(
            new DatabaseSettings("jdbc:mysql://127.0.0.1:1/shop", owner.user(), "a-secret"),
            new DatabaseSettings(owner.url(), owner.user(), "a-secret"))) {
      err.reset();
      assertThat(run(wrong, "migrate")).isEqualTo(7);
      assertThat(err.toString(UTF_8)).startsWith("billing: ").hasLineCount(2).contains("    try: ");
      assertThat(err.toString(UTF_8)).doesNotContain("a-secret", "Exception");
    }
  }

  /** For a moment a guard is dropped and made again: nobody may claim then. */
  @Test
  void whileARunWorksNothingIsUpgradedUnderIt() throws Exception {
    for (var database : List.of(older(), TestDatabase.empty())) {
      var owner = database.ownerSettings();
      var tables = database.column("SHOW TABLES");
      err.reset();
      try (var lock = held(owner)) {
        assertThat(run(owner, "migrate")).isEqualTo(5);
        assertThat(err.toString(UTF_8))
            .contains("another run holds the lock", "billing migrate --wait 30m");
        assertThat(database.column("SHOW TABLES")).isEqualTo(tables);

        var ends =
            CompletableFuture.runAsync(
                lock::close, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
        assertThat(run(owner, "migrate", "--wait", "30s")).isZero();
        ends.join();
      }
      assertThat(run(owner, "migrate")).isZero();
    }
  }

  @Test
  void whereThereIsNothingToDoNoRunIsWaitedFor() {
    var owner = TestDatabase.fresh().ownerSettings();
    try (var lock = held(owner)) {
      assertThat(lock.heartbeat().held()).isTrue();
      assertThat(run(owner, "migrate", "-q")).isZero();
    }
  }

  @Test
  void anUpgradeRaisesTheFenceAndIsOnRecordAndARepeatIsNot() {
    var database = older();

    assertThat(run(database.ownerSettings(), "migrate")).isZero();
    assertThat(run(database.ownerSettings(), "migrate")).isZero();

    assertThat(database.one("SELECT epoch FROM billing_fence")).isEqualTo("1");
    assertThat(
            database.column(
                "SELECT CONCAT(run_no, ' ', command, ' ', exit_code) FROM billing_runs"))
        .containsExactly("1 migrate 0");
  }

  @Test
  void whatANewerProgramLeftByHalvesIsRefused() {
    var database = TestDatabase.fresh();
    database.owner(
        "UPDATE billing_schema_history SET success = 0, version = '%d' WHERE version = '%d';"
            .formatted(Migrations.NEWEST + 1, Migrations.NEWEST));

    assertThat(run(database.ownerSettings(), "migrate")).isEqualTo(7);

    assertThat(err.toString(UTF_8)).hasLineCount(1).contains("newer billing", "failed half way");
    assertThat(database.one("SELECT COUNT(*) FROM billing_schema_history WHERE success = 0"))
        .isEqualTo("1");
  }

  /** As a program left it that did not know the newest version, which can be repeated. */
  private static TestDatabase older() {
    var database = TestDatabase.fresh();
    database.owner(
        "DELETE FROM billing_schema_history WHERE version = '" + Migrations.NEWEST + "';");
    return database;
  }

  private static RunLock held(DatabaseSettings owner) {
    return ((RunLock.Taking.Held) RunLock.take(owner, Duration.ZERO)).lock();
  }

  @Test
  void aSettingThatIsMissingEndsWithTwo() {
    var environment = environment(DATABASE.ownerSettings());
    environment.remove("BILLING_CHARGE_ZONE");
    assertThat(Main.run(new String[] {"migrate"}, console(), environment)).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("charge.zone is missing");
  }

  private int run(DatabaseSettings database, String... args) {
    return Main.run(args, console(), environment(database));
  }

  private Console console() {
    return new Console(
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        false,
        false,
        false,
        80);
  }

  private static Map<String, String> environment(DatabaseSettings database) {
    return new HashMap<>(
        Map.of(
            "BILLING_DB_URL", database.url(),
            "BILLING_DB_USER", database.user(),
            "BILLING_DB_PASSWORD", database.password(),
            "BILLING_GATEWAY_KIND", "stripe",
            "BILLING_GATEWAY_KEY", "sk_test_x",
            "BILLING_CHARGE_PREFIX", "SHOP",
            "BILLING_CHARGE_ZONE", "UTC",
            "BILLING_MAIL_HOST", "localhost",
            "BILLING_MAIL_FROM", "billing@example.com",
            "BILLING_STATE_DIR", "/var/lib/billing"));
  }
}
