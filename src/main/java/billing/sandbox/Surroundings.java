package billing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * All that billing needs around it, on this machine and with nothing installed: a database with an
 * invoicing app's tables, a gateway, a mail server, and the settings that lead to them.
 */
public final class Surroundings implements AutoCloseable {

  private static final String SCHEMA = "shop";
  private static final String PASSWORD = "demo";

  private final Path directory;
  private final EmbeddedDatabase database;
  private final Sandbox gateway;
  private final MailServer mail;

  private Surroundings(
      Path directory, EmbeddedDatabase database, Sandbox gateway, MailServer mail) {
    this.directory = directory;
    this.database = database;
    this.gateway = gateway;
    this.mail = mail;
  }

  /** Starts everything, in a directory that may be empty or not be there yet. */
  public static Surroundings start(Path directory, SandboxSettings settings) throws IOException {
    Files.createDirectories(directory.resolve("state"));
    var database = EmbeddedDatabase.start(directory.resolve("mariadb"));
    try {
      database.run(
          """
          CREATE DATABASE IF NOT EXISTS %1$s CHARACTER SET utf8mb4;
          CREATE OR REPLACE USER billing@'127.0.0.1' IDENTIFIED BY '%2$s';
          CREATE OR REPLACE USER billing_owner@'127.0.0.1' IDENTIFIED BY '%2$s';
          GRANT ALL ON %1$s.* TO billing_owner@'127.0.0.1';
          """
              .formatted(SCHEMA, PASSWORD));
      database.run("USE " + SCHEMA + ";\n" + sql("app/bundled_schema.sql"));
      return new Surroundings(directory, database, Sandbox.start(settings), MailServer.start());
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** The nightly user's rights; once the tables are there. */
  public void grant() {
    database.run(
        "USE "
            + SCHEMA
            + ";\n"
            + sql("grants.sql").replace("'billing'@'localhost'", "billing@'127.0.0.1'"));
  }

  /**
   * Fills the app with customers and due invoices, one each.
   *
   * @param kind stripe or nmi: whose cards
   * @param declinedInAHundred cards that the gateway declines
   */
  public void fill(String kind, int count, int declinedInAHundred, LocalDate today) {
    for (var file : List.of("demo/customers.sql", "demo/invoices.sql")) {
      database.run(
          "USE %s;\nSET max_recursive_iterations = %d;\n".formatted(SCHEMA, count + 1)
              + sql(file)
                  .replace(":count", Integer.toString(count))
                  .replace(":declined", Integer.toString(declinedInAHundred))
                  .replace(":stripe", kind.equals("stripe") ? "TRUE" : "FALSE")
                  .replace(":today", "DATE '" + today + "'"));
    }
  }

  /** Writes the settings that lead here, and says where. */
  public Path settings(String kind, Map<String, String> more) throws IOException {
    var lines = new ArrayList<String>();
    lines.add("# Written by billing: the way to the surroundings that it has started.");
    var all = new TreeMap<>(settings(kind));
    all.putAll(more);
    all.forEach((key, value) -> lines.add(key + "=" + value));
    var file = directory.resolve("billing.properties");
    Files.write(file, lines, StandardCharsets.UTF_8);
    return file;
  }

  private Map<String, String> settings(String kind) {
    var stripe = kind.equals("stripe");
    return Map.ofEntries(
        Map.entry("db.url", database.url(SCHEMA)),
        Map.entry("db.user", "billing"),
        Map.entry("db.password", PASSWORD),
        Map.entry("db.migrate-user", "billing_owner"),
        Map.entry("db.migrate-password", PASSWORD),
        Map.entry("gateway.kind", kind),
        Map.entry("gateway.url", (stripe ? gateway.stripeUrl() : gateway.nmiUrl()).toString()),
        Map.entry(
            "gateway.key", stripe ? gateway.settings().stripeKey() : gateway.settings().nmiKey()),
        Map.entry("gateway.timings", gateway.timings().text()),
        Map.entry("charge.prefix", "DEMO"),
        Map.entry("charge.zone", "UTC"),
        Map.entry("mail.host", "127.0.0.1"),
        Map.entry("mail.port", Integer.toString(mail.port())),
        Map.entry("mail.from", "billing@shop.example"),
        Map.entry("mail.tls", "none"),
        Map.entry("state.dir", directory.resolve("state").toAbsolutePath().toString()));
  }

  public Sandbox gateway() {
    return gateway;
  }

  public MailServer mail() {
    return mail;
  }

  public EmbeddedDatabase database() {
    return database;
  }

  /** The number in the first column of the first row, as the database's administrator. */
  public long count(String query) {
    var rows = rows(query);
    return rows.isEmpty() ? 0 : Long.parseLong(rows.getFirst());
  }

  /** The first column of every row, as the database's administrator. */
  public List<String> rows(String query) {
    var login = new Properties();
    login.setProperty("user", database.adminUser());
    login.setProperty("password", database.adminPassword());
    try (var connection = DriverManager.getConnection(database.url(SCHEMA), login);
        var statement = connection.createStatement();
        var found = statement.executeQuery(query)) {
      var rows = new ArrayList<String>();
      while (found.next()) {
        rows.add(found.getString(1));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private static String sql(String path) {
    try (var in = Surroundings.class.getResourceAsStream("/billing/sql/" + path)) {
      if (in == null) {
        throw new IllegalStateException("not in the program: sql/" + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    gateway.close();
    mail.close();
    database.close();
  }
}
