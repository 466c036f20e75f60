package billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EmbeddedDatabaseTest {

  private static final Path DIRECTORY = Path.of("target", "embedded database test");

  private EmbeddedDatabase database;

  @BeforeEach
  void start() throws Exception {
    database = EmbeddedDatabase.start(DIRECTORY);
  }

  @AfterEach
  void stop() throws Exception {
    database.close();
    Trees.delete(DIRECTORY);
  }

  @Test
  void keepsWhatWasCommittedThroughAKill() throws Exception {
    database.run(
        "CREATE DATABASE kept;\nCREATE TABLE kept.t (i INT);\nINSERT INTO kept.t VALUES (7);");

    database.kill9();
    assertThatThrownBy(this::connect).isInstanceOf(SQLException.class);
    database.restart();

    try (var connection = connect();
        var rows = connection.createStatement().executeQuery("SELECT i FROM kept.t")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(7);
    }
  }

  @Test
  void letsNoStrangerIn() {
    for (var user : new String[] {"root", "", "anybody"}) {
      assertThatThrownBy(() -> DriverManager.getConnection(database.url(""), user, ""))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("Access denied");
    }
  }

  @Test
  void listensOnLoopbackAlone() throws Exception {
    for (var network : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : network.inetAddresses().toList()) {
        if (!address.isLoopbackAddress()) {
          assertThatThrownBy(() -> new Socket(address, database.port()).close())
              .isInstanceOf(java.io.IOException.class);
        }
      }
    }
  }

  @Test
  void isRefusedWhereAnotherAlreadyRuns() {
    assertThatThrownBy(() -> EmbeddedDatabase.start(DIRECTORY))
        .isInstanceOf(EmbeddedDatabase.CannotStart.class)
        .hasMessageContaining("another process uses");
  }

  @Test
  void reapsTheServerThatAKilledPredecessorLeft() throws Exception {
    var pid = database.pid();
    var pidFile = Files.readString(DIRECTORY.resolve("mariadbd.pid"));
    // A predecessor that was killed leaves its server running and its lock free.
    database.abandon();
    assertThat(ProcessHandle.of(pid)).isPresent();
    assertThat(pidFile).isEqualTo(Long.toString(pid));

    database = EmbeddedDatabase.start(DIRECTORY);

    assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    connect().close();
  }

  @Test
  void speaksUtf8AndSyncsItsLog() throws Exception {
    try (var connection = connect();
        var rows =
            connection
                .createStatement()
                .executeQuery("SELECT @@character_set_server, @@innodb_flush_log_at_trx_commit")) {
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("utf8mb4");
      assertThat(rows.getInt(2)).isEqualTo(1);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        database.url(""), database.adminUser(), database.adminPassword());
  }
}
