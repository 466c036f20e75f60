package billing.store;

import com.mysql.cj.jdbc.Driver;
import com.mysql.cj.jdbc.JdbcConnection;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.WeakHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions, all alike: UTC, strict, READ COMMITTED, bounded waits, and remembered by the
 * server's number of each.
 */
final class Sessions implements DataSource {

  private static final String MODE =
      "STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
          + "NO_ENGINE_SUBSTITUTION";

  private final DatabaseUrl url;
  private final Properties properties;
  private final Map<JdbcConnection, Session> known =
      Collections.synchronizedMap(new WeakHashMap<>());

  Sessions(DatabaseSettings settings, Patience patience) {
    url = DatabaseUrl.parse(settings.url());
    properties = url.properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    properties.setProperty("connectionTimeZone", "UTC");
    properties.setProperty("forceConnectionTimeZoneToSession", "true");
    properties.setProperty("useAffectedRows", "false");
    properties.setProperty("characterEncoding", "UTF-8");
    properties.putIfAbsent("connectTimeout", Long.toString(patience.connect().toMillis()));
    properties.putIfAbsent("socketTimeout", Long.toString(patience.socket().toMillis()));
    properties.setProperty(
        "sessionVariables",
        "sql_mode='%s',innodb_lock_wait_timeout=%d,wait_timeout=%d"
            .formatted(MODE, patience.rowLock().toSeconds(), patience.idle().toSeconds()));
  }

  DatabaseUrl url() {
    return url;
  }

  @Override
  public Connection getConnection() throws SQLException {
    var connection = new Driver().connect(url.base(), properties);
    if (connection == null) {
      throw new SQLException("the driver does not take " + url.base());
    }
    try {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      var variables = variables(connection);
      if ("ON".equals(variables.get("wsrep_on"))) {
        try (var statement = connection.createStatement()) {
          statement.execute("SET SESSION wsrep_sync_wait = 15");
        }
      }
      var physical = connection.unwrap(JdbcConnection.class);
      known.put(physical, new Session(physical.getId(), server(variables), started(connection)));
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The session behind a connection of ours, however the pool has wrapped it. */
  Session of(Connection connection) throws SQLException {
    var session = known.get(connection.unwrap(JdbcConnection.class));
    if (session == null) {
      throw new SQLException("not a session of ours");
    }
    return session;
  }

  /** Only those of these variables that the server has: the two makes differ. */
  static Map<String, String> variables(Connection connection) throws SQLException {
    return pairs(
        connection,
        "SHOW VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid', 'hostname', 'port',"
            + " 'wsrep_on', 'read_only', 'super_read_only', 'innodb_read_only', 'version',"
            + " 'innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'sql_mode', 'log_bin',"
            + " 'log_bin_trust_function_creators', 'max_allowed_packet')");
  }

  /**
   * Identity of a server: of one that was copied with its data, too, as far as anybody can tell.
   */
  static String server(Map<String, String> variables) {
    var id = variables.getOrDefault("server_uuid", variables.getOrDefault("server_uid", "?"));
    return id + " " + variables.get("hostname") + ":" + variables.get("port");
  }

  private static Instant started(Connection connection) throws SQLException {
    var uptime = pairs(connection, "SHOW GLOBAL STATUS LIKE 'Uptime'").get("Uptime");
    return Instant.now().minusSeconds(uptime == null ? 0 : Long.parseLong(uptime));
  }

  private static Map<String, String> pairs(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var pairs = new HashMap<String, String>();
      while (rows.next()) {
        pairs.put(rows.getString(1), rows.getString(2));
      }
      return pairs;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // the driver's own words reach nobody
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // connectTimeout bounds it
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("not a " + type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
