package billing.store;

import billing.sandbox.EmbeddedDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fresh schema for one test class on the one server that a test process starts: the bundled app's
 * tables, our migrations run as the owner, and a nightly user with the rights of {@code
 * sql/grants.sql} and no others.
 *
 * <p>{@code -Dtest.database=127.0.0.1:3306 -Dtest.database.admin=USER -Dtest.database.password=...}
 * tries another server, whose administrator may create schemas and users.
 */
public final class TestDatabase {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** A server on loopback, as its administrator sees it. */
  record Server(int port, String user, String password) {

    static Server of(EmbeddedDatabase embedded) {
      return new Server(embedded.port(), embedded.adminUser(), embedded.adminPassword());
    }

    String url(String schema) {
      return "jdbc:mysql://127.0.0.1:"
          + port
          + "/"
          + schema
          + "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
    }

    DatabaseSettings administrator() {
      return new DatabaseSettings(url(""), user, password);
    }

    void run(String script) {
      TestDatabase.run(administrator(), script);
    }
  }

  /** Started with the first test that needs it, ended with the build. */
  private static final class Shared {
    static final Server SERVER = given();

    private static Server given() {
      var given = System.getProperty("test.database");
      return given == null
          ? Server.of(start())
          : new Server(
              Integer.parseInt(given.substring(given.indexOf(':') + 1)),
              System.getProperty("test.database.admin", "root"),
              System.getProperty("test.database.password", ""));
    }

    private static EmbeddedDatabase start() {
      for (int i = 0; ; i++) {
        try {
          return EmbeddedDatabase.start(Path.of("target", "mariadb-" + i));
        } catch (EmbeddedDatabase.CannotStart e) {
          if (i >= 4 || !String.valueOf(e.getMessage()).startsWith("another process")) {
            throw e;
          }
        }
      }
    }
  }

  private final Server server;
  private final String schema;
  private final String password = "pass word";

  private TestDatabase(Server server, String schema) {
    this.server = server;
    this.schema = schema;
  }

  /** With everything in it: schema, migrations, grants. */
  public static TestDatabase fresh() {
    return fresh(Shared.SERVER);
  }

  /** The same on a server of the test's own, which it may kill. */
  public static TestDatabase fresh(EmbeddedDatabase server) {
    return fresh(Server.of(server));
  }

  private static TestDatabase fresh(Server server) {
    var database = empty(server);
    database.owner(Sql.resource("app/bundled_schema.sql"));
    Migrations.migrate(database.ownerSettings());
    database.admin("USE " + database.schema + ";\n" + database.grants());
    return database;
  }

  /** A schema with nothing in it, and its two users. */
  public static TestDatabase empty() {
    return empty(Shared.SERVER);
  }

  static TestDatabase empty(Server server) {
    var database = new TestDatabase(server, freeName(server));
    database.admin(
        """
        CREATE DATABASE %1$s CHARACTER SET utf8mb4;
        DROP USER IF EXISTS owner_%1$s@'127.0.0.1', nightly_%1$s@'127.0.0.1';
        CREATE USER owner_%1$s@'127.0.0.1' IDENTIFIED BY '%2$s';
        GRANT ALL ON %1$s.* TO owner_%1$s@'127.0.0.1';
        CREATE USER nightly_%1$s@'127.0.0.1' IDENTIFIED BY '%2$s';
        """
            .formatted(database.schema, database.password));
    return database;
  }

  /** A build that was killed may leave schemas behind, even such as cannot be dropped. */
  private static String freeName(Server server) {
    for (int tries = 1; ; tries++) {
      var name = "t%d".formatted(NUMBER.incrementAndGet());
      try {
        server.run("DROP DATABASE IF EXISTS " + name + ";");
        return name;
      } catch (IllegalStateException e) {
        if (tries == 10) {
          throw e;
        }
      }
    }
  }

  public String schema() {
    return schema;
  }

  /** Where it listens, on loopback. */
  public int port() {
    return server.port();
  }

  /** As {@code db.user} of the nightly run. */
  public DatabaseSettings settings() {
    return new DatabaseSettings(server.url(schema), "nightly_" + schema, password);
  }

  /** The same through a proxy that listens on that port. */
  public DatabaseSettings settingsThrough(int port) {
    var url = settings().url().replace(":" + server.port() + "/", ":" + port + "/");
    return new DatabaseSettings(url, settings().user(), password);
  }

  /** A pool that gives a lost server up after seconds, and not after half a minute. */
  public static Database impatient(DatabaseSettings settings) {
    return Database.open(settings, 3, Shop.SHORT);
  }

  /** A pool for a run that dies: it gives up at once where there is nothing to hope for. */
  public static Database mortal(DatabaseSettings settings) {
    return Database.open(settings, 3, Shop.MORTAL);
  }

  /** As {@code db.migrate-user}. */
  public DatabaseSettings ownerSettings() {
    return new DatabaseSettings(server.url(schema), "owner_" + schema, password);
  }

  /** Statements as the server's administrator. */
  public void admin(String script) {
    server.run(script);
  }

  /** A session that may do everything. */
  Connection administrator() throws SQLException {
    return connect(server.administrator());
  }

  /** One statement as the server's administrator, whatever stands in it. */
  void adminStatement(String sql) {
    try (var connection = administrator();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Statements as the owner of the schema, separated by semicolons at the ends of lines. */
  public void owner(String script) {
    run(ownerSettings(), script);
  }

  /** Statements with the rights of the nightly user. */
  public void nightly(String script) {
    run(settings(), script);
  }

  /** Every row as a map from column to text, NULL as the text {@code null}. */
  public List<Map<String, String>> rows(String query) {
    return rows(ownerSettings(), query);
  }

  /** The server's numbers of the nightly user's sessions. */
  public List<String> sessions() {
    var query = "SELECT id FROM information_schema.processlist WHERE user = ";
    return rows(server.administrator(), query + "'" + settings().user() + "'").stream()
        .map(row -> row.values().iterator().next())
        .toList();
  }

  /** Ends those of these sessions that are still there. */
  public void kill(List<String> ids) {
    for (var id : ids) {
      try {
        if (sessions().contains(id)) {
          admin("KILL " + id + ";");
        }
      } catch (IllegalStateException e) {
        // It may have gone in between.
        if (sessions().contains(id)) {
          throw e;
        }
      }
    }
  }

  private static List<Map<String, String>> rows(DatabaseSettings as, String query) {
    try (var connection = connect(as);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var found = new ArrayList<Map<String, String>>();
      while (rows.next()) {
        var row = new TreeMap<String, String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.put(rows.getMetaData().getColumnLabel(i), String.valueOf(rows.getString(i)));
        }
        found.add(row);
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The first column of each row, as text. */
  public List<String> column(String query) {
    return rows(query).stream().map(row -> row.values().iterator().next()).toList();
  }

  public String one(String query) {
    var rows = column(query);
    if (rows.size() != 1) {
      throw new AssertionError(rows.size() + " rows: " + query);
    }
    return rows.getFirst();
  }

  String grants() {
    return Sql.resource("grants.sql")
        .replace("'billing'@'localhost'", "'nightly_" + schema + "'@'127.0.0.1'");
  }

  private static void run(DatabaseSettings as, String script) {
    try (var connection = connect(as);
        var statement = connection.createStatement()) {
      for (var sql : script.split(";\\s*(\\R|$)", -1)) {
        if (!SqlText.withoutComments(sql).isBlank()) {
          statement.execute(sql);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static Connection connect(DatabaseSettings as) throws SQLException {
    return DriverManager.getConnection(
        as.url() + "&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true",
        as.user(),
        as.password());
  }
}
