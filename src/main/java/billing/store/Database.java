package billing.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;

/** A bounded pool of sessions on one schema. Safe for use by many threads. */
public final class Database implements AutoCloseable {

  private static final Sql NOW = Sql.load("run/now");

  private final Sessions sessions;
  private final Patience patience;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(Sessions sessions, Patience patience, int poolSize) {
    this.sessions = sessions;
    this.patience = patience;
    var config = new HikariConfig();
    config.setDataSource(sessions);
    config.setPoolName("billing");
    config.setMaximumPoolSize(poolSize);
    config.setMinimumIdle(1);
    config.setAutoCommit(false);
    config.setConnectionTimeout(Math.max(250, patience.connect().toMillis()));
    config.setInitializationFailTimeout(-1);
    config.setIdleTimeout(poolSize > 1 ? 60_000 : 0);
    config.setKeepaliveTime(30_000);
    config.setMaxLifetime(1_800_000);
    pool = new HikariDataSource(config);
    jdbi = Jdbi.create(pool);
    // Else the message of an exception would repeat the customers' data that was bound.
    jdbi.getConfig(StatementExceptions.class)
        .setMessageRendering(StatementExceptions.MessageRendering.NONE);
    // With autocommit off every handle looks like an open transaction; the pool rolls back.
    jdbi.getConfig(Handles.class).setForceEndTransactions(false);
  }

  /**
   * Opens the pool, after one session has proved that the server is there and lets us in.
   *
   * @throws DatabaseTrouble where it is not or does not, or a setting is wrong
   */
  public static Database open(DatabaseSettings settings, int poolSize) {
    return open(settings, poolSize, Patience.NIGHTLY);
  }

  static Database open(DatabaseSettings settings, int poolSize, Patience patience) {
    var sessions = new Sessions(settings, patience);
    try {
      sessions.getConnection().close();
    } catch (SQLException e) {
      throw ServerError.trouble(e, sessions.url());
    }
    return new Database(sessions, patience, poolSize);
  }

  public String schema() {
    return sessions.url().schema();
  }

  /** The database's clock, the only one that two runs may compare. */
  public Instant now() {
    return read(handle -> handle.createQuery(NOW.text()).map((r, c) -> instant(r, 1)).one());
  }

  DatabaseUrl url() {
    return sessions.url();
  }

  Sessions sessions() {
    return sessions;
  }

  Patience patience() {
    return patience;
  }

  /** A session of the pool, outside of any transaction. */
  Handle open() {
    return jdbi.open();
  }

  /** Reads, once more on a new session where the first was lost. Writes nothing. */
  <T extends @Nullable Object> T read(Function<Handle, T> work) {
    try {
      return readOnce(work);
    } catch (RuntimeException e) {
      if (!ServerError.isLost(e)) {
        throw ServerError.trouble(e, url());
      }
      // The others that are idle were lost with it, and those used a moment ago go unproved.
      pool.getHikariPoolMXBean().softEvictConnections();
    }
    try {
      return readOnce(work);
    } catch (RuntimeException e) {
      throw ServerError.trouble(e, url());
    }
  }

  private <T extends @Nullable Object> T readOnce(Function<Handle, T> work) {
    try (var handle = jdbi.open()) {
      return work.apply(handle);
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  static @Nullable Instant instant(java.sql.ResultSet row, String column) throws SQLException {
    var at = row.getObject(column, LocalDateTime.class);
    return at == null ? null : at.toInstant(ZoneOffset.UTC);
  }

  static Instant instant(java.sql.ResultSet row, int column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }
}
