package billing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.sandbox.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MigrationsTest {

  @Test
  void theNewestVersionIsThatOfTheNewestFile() throws IOException {
    try (var files = Files.list(Path.of("sql/migrations"))) {
      var versions =
          files.map(f -> f.getFileName().toString()).map(n -> n.replaceAll("V(\\d+)__.*", "$1"));
      assertThat(versions.mapToInt(Integer::parseInt).max()).hasValue(Migrations.NEWEST);
    }
  }

  @Test
  void canBeRepeatedAndIsThenTheVersionThatWeNeed() throws IOException {
    var test = TestDatabase.empty();

    try (var files = Files.list(Path.of("sql/migrations"))) {
      assertThat(Migrations.migrate(test.ownerSettings()).applied()).hasSize((int) files.count());
    }
    assertThat(Migrations.migrate(test.ownerSettings()).applied()).isEmpty();

    try (var database = Database.open(test.ownerSettings(), 1)) {
      Migrations.check(database);
    }
    assertThat(test.one("SELECT epoch FROM billing_fence")).isEqualTo("0");
  }

  @Test
  void livesBesideTablesAndAFlywayHistoryOfTheApp() {
    var test = TestDatabase.empty();
    test.owner("CREATE TABLE flyway_schema_history (version VARCHAR(50));");

    Migrations.migrate(test.ownerSettings());

    assertThat(test.one("SELECT COUNT(*) FROM flyway_schema_history")).isEqualTo("0");
  }

  @Test
  void oneThatFailedHalfWayIsSimplyRepeated() {
    var test = TestDatabase.empty();
    // The first migration creates its tables and then stops at its first trigger.
    test.admin("REVOKE TRIGGER ON %1$s.* FROM owner_%1$s@'127.0.0.1';".formatted(test.schema()));
    assertThatThrownBy(() -> Migrations.migrate(test.ownerSettings()))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("TRIGGER");
    assertThat(test.column("SHOW TABLES")).contains("billing_runs");

    test.admin("GRANT TRIGGER ON %1$s.* TO owner_%1$s@'127.0.0.1';".formatted(test.schema()));
    Migrations.migrate(test.ownerSettings());

    try (var database = Database.open(test.ownerSettings(), 1)) {
      Migrations.check(database);
    }
  }

  @Test
  void anOwnerWhoMayNotCreateTriggersIsToldBeforeAnythingIsCreated() throws Exception {
    // Binary logging is what makes the server refuse; the embedded one has it off by default.
    var directory = Path.of("target", "mariadb-with-binlog");
    try (var server = EmbeddedDatabase.start(directory, "--log-bin", "--server-id=1")) {
      var test = TestDatabase.empty(TestDatabase.Server.of(server));

      assertThatThrownBy(() -> Migrations.migrate(test.ownerSettings()))
          .isInstanceOf(DatabaseTrouble.class)
          .hasMessageContaining("1419")
          .hasMessageContaining("SET GLOBAL log_bin_trust_function_creators = 1");
      assertThat(test.column("SHOW TABLES")).isEmpty();

      test.admin("SET GLOBAL log_bin_trust_function_creators = 1;");
      assertThat(Migrations.migrate(test.ownerSettings()).applied()).isNotEmpty();
    }
  }

  @Test
  void twoAtOnceDoNoHarm() {
    var test = TestDatabase.empty();

    var one = CompletableFuture.supplyAsync(() -> Migrations.migrate(test.ownerSettings()));
    var two = CompletableFuture.supplyAsync(() -> Migrations.migrate(test.ownerSettings()));

    assertThat(one.join().applied().size() + two.join().applied().size())
        .isEqualTo(Migrations.NEWEST);
  }

  @Test
  void missingOlderAndNewerTablesAreToldApart() {
    var test = TestDatabase.empty();
    try (var database = Database.open(test.ownerSettings(), 1)) {
      assertKind(database, DatabaseTrouble.Kind.SCHEMA_MISSING);
      Migrations.migrate(test.ownerSettings());
      test.owner("DELETE FROM billing_schema_history WHERE version = " + Migrations.NEWEST + ";");
      assertKind(database, DatabaseTrouble.Kind.SCHEMA_OLDER);
      test.owner("UPDATE billing_schema_history SET version = '99' WHERE version = '1';");
      assertKind(database, DatabaseTrouble.Kind.SCHEMA_NEWER);
      assertThatThrownBy(() -> Migrations.migrate(test.ownerSettings()))
          .isInstanceOf(DatabaseTrouble.class)
          .hasMessageContaining("version 99");
    }
  }

  @Test
  void whatANewerProgramLeftByHalvesIsTooNewForEveryCommand() {
    var test = TestDatabase.fresh();
    test.owner(
        """
        INSERT INTO billing_schema_history
               (installed_rank, version, description, type, script, installed_by, execution_time, success)
        VALUES (99, '%d', 'of tomorrow', 'SQL', 'V.sql', 'owner', 1, 0);
        """
            .formatted(Migrations.NEWEST + 1));

    try (var database = Database.open(test.ownerSettings(), 1)) {
      assertKind(database, DatabaseTrouble.Kind.SCHEMA_NEWER);
    }
    assertThatThrownBy(() -> Migrations.migrate(test.ownerSettings()))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("failed half way");
  }

  @Test
  void aSchemaThatDoesNotExistIsSaidSo() {
    var test = TestDatabase.empty();
    var settings =
        new DatabaseSettings(
            test.ownerSettings().url().replace("/t", "/nosuch_t"),
            test.ownerSettings().user(),
            test.ownerSettings().password());

    assertThatThrownBy(() -> Migrations.migrate(settings))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("nosuch_t");
  }

  @Test
  void everyColumnIsCommented() {
    var test = TestDatabase.fresh();

    assertThat(
            test.column(
                "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE"
                    + " table_schema = DATABASE() AND column_comment = '' AND table_name IN"
                    + " ('billing_fence','billing_installation','billing_runs','charge_attempts',"
                    + "'charge_events','charge_differences','outbox_emails')"))
        .isEmpty();
  }

  private static void assertKind(Database database, DatabaseTrouble.Kind kind) {
    assertThatThrownBy(() -> Migrations.check(database))
        .isInstanceOfSatisfying(
            DatabaseTrouble.class, trouble -> assertThat(trouble.kind()).isEqualTo(kind));
  }
}
