package billing.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateOutput;

/**
 * Creates and upgrades our own tables, as the schema's owner. Can be repeated, also after a failure
 * half way; two at once do no harm.
 */
public final class Migrations {

  /** What was done. */
  public record Report(List<String> applied, int version) {}

  /** The version of the newest file in {@code sql/migrations}. */
  public static final int NEWEST = 6;

  private static final Sql VERSION = Sql.load("run/schema_version");
  private static final Sql FORGET_FAILED = Sql.load("run/forget_failed_migrations");
  private static final int NO_TABLE = 1146;
  private static final int UNTRUSTED_CREATOR = 1419;

  private Migrations() {}

  /**
   * What the schema has, and what it has by halves.
   *
   * @param done 0: there is none
   * @param failed the highest of those that failed half way; 0: none did
   */
  private record Versions(int done, int failed) {

    static final Versions NONE = new Versions(0, 0);

    /** A newer program knows how to go on; this one would work with tables that it does not. */
    Versions notNewer() {
      if (done > NEWEST) {
        throw newer(done);
      }
      if (failed > NEWEST) {
        throw halfWay(failed);
      }
      return this;
    }
  }

  /**
   * Which version the schema has; 0: none.
   *
   * @throws DatabaseTrouble where it is newer than this program, or was to become so
   */
  public static int version(DatabaseSettings owner) {
    var sessions = new Sessions(owner, Patience.MIGRATION);
    try (var connection = sessions.getConnection()) {
      return versions(connection).notNewer().done();
    } catch (SQLException e) {
      throw ServerError.trouble(e, sessions.url());
    }
  }

  /**
   * Brings the schema to {@link #NEWEST}.
   *
   * @throws DatabaseTrouble where the database or the owner's rights do not allow it; what can be
   *     known before is said before anything is created
   */
  public static Report migrate(DatabaseSettings owner) {
    var sessions = new Sessions(owner, Patience.MIGRATION);
    try (var connection = sessions.getConnection()) {
      if (versions(connection).notNewer().done() < NEWEST) {
        refuseUntrustedCreator(connection, owner);
        forgetFailed(connection);
      }
    } catch (SQLException e) {
      throw ServerError.trouble(e, sessions.url());
    }
    return migrate(sessions);
  }

  /**
   * Asks which version the schema has.
   *
   * @throws DatabaseTrouble where the schema is not the one that this program was made for
   */
  public static void check(Database database) {
    Versions versions;
    try {
      versions =
          database.read(h -> h.createQuery(VERSION.text()).map((row, c) -> versions(row)).one());
    } catch (DatabaseTrouble e) {
      if (ServerError.code(e) == NO_TABLE) {
        throw missing(database.url());
      }
      throw e;
    }
    var version = versions.notNewer().done();
    if (version == 0) {
      throw missing(database.url());
    }
    if (version < NEWEST) {
      throw new DatabaseTrouble(
          DatabaseTrouble.Kind.SCHEMA_OLDER,
          "the tables in %s are of version %d, this program needs %d: run billing migrate"
              .formatted(database.url(), version, NEWEST));
    }
  }

  private static Report migrate(Sessions sessions) {
    var flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(sessions)
            .locations("classpath:billing/sql/migrations")
            .failOnMissingLocations(true)
            .table("billing_schema_history")
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .validateMigrationNaming(true)
            .cleanDisabled(true)
            .loggers("slf4j")
            .load();
    try {
      var result = flyway.migrate();
      return new Report(result.migrations.stream().map(Migrations::title).toList(), NEWEST);
    } catch (FlywayException e) {
      if (ServerError.code(e) == UNTRUSTED_CREATOR) {
        throw untrusted(sessions.url().toString());
      }
      throw failed(e, sessions.url());
    }
  }

  private static RuntimeException failed(FlywayException thrown, DatabaseUrl url) {
    var error = ServerError.in(thrown).orElse(null);
    if (error == null
        || ServerError.isLost(error)
        || ServerError.isNotWritable(error)
        || ServerError.isDenied(error)) {
      return ServerError.trouble(thrown, url);
    }
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.SCHEMA_OLDER,
        "billing migrate failed: %s; mend that and run it again, which is safe"
            .formatted(ServerError.firstLine(error)),
        thrown);
  }

  private static String title(MigrateOutput migration) {
    return migration.version + " " + migration.description;
  }

  private static Versions versions(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(VERSION.text())) {
      return rows.next() ? versions(rows) : Versions.NONE;
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_TABLE) {
        return Versions.NONE;
      }
      throw e;
    }
  }

  private static Versions versions(ResultSet row) throws SQLException {
    return new Versions(row.getInt("version"), row.getInt("failed"));
  }

  private static void forgetFailed(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(FORGET_FAILED.text());
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_TABLE) {
        throw e;
      }
    }
  }

  /** Found out before the first table is created, since creating tables cannot be undone. */
  private static void refuseUntrustedCreator(Connection connection, DatabaseSettings owner)
      throws SQLException {
    var variables = Sessions.variables(connection);
    var logged = isOn(variables, "log_bin") || isOn(variables, "wsrep_on");
    if (logged && !isOn(variables, "log_bin_trust_function_creators") && !isSuper(connection)) {
      throw untrusted(owner.user());
    }
  }

  private static boolean isOn(Map<String, String> variables, String name) {
    return "ON".equals(variables.get(name)) || "1".equals(variables.get(name));
  }

  private static boolean isSuper(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW GRANTS")) {
      while (rows.next()) {
        var grant = rows.getString(1);
        if (grant.contains(" ON *.*")
            && (grant.contains("SUPER") || grant.contains("ALL PRIVILEGES"))) {
          return true;
        }
      }
      return false;
    }
  }

  private static DatabaseTrouble untrusted(String who) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.GRANT_MISSING,
        "the server keeps a binary log and lets only trusted users create triggers (error 1419; "
            + who
            + " is none): as an administrator run SET GLOBAL log_bin_trust_function_creators = 1,"
            + " then billing migrate, then set it back to 0");
  }

  private static DatabaseTrouble missing(DatabaseUrl url) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.SCHEMA_MISSING,
        "the tables of billing are missing in " + url + ": run billing migrate");
  }

  private static DatabaseTrouble halfWay(int version) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.SCHEMA_NEWER,
        "a newer billing began to upgrade the tables to version %d and failed half way, this program knows %d: run its billing migrate again, and use that one"
            .formatted(version, NEWEST));
  }

  private static DatabaseTrouble newer(int version) {
    return new DatabaseTrouble(
        DatabaseTrouble.Kind.SCHEMA_NEWER,
        "the tables are of version %d, this program knows %d: a newer billing has upgraded them, use that one"
            .formatted(version, NEWEST));
  }
}
