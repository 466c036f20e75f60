package billing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server of our own: on loopback only, closed to strangers, on a free port, with its data
 * in one directory. Started again on the same directory it has the same data, and first ends the
 * server that a killed predecessor left behind there.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  /** Why there is no server, with what to do about it where that is known. */
  public static final class CannotStart extends RuntimeException {
    CannotStart(String message) {
      super(message);
    }

    CannotStart(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final String HOST = "127.0.0.1";
  private static final String ADMIN = "admin";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final MariaDbBinaries binaries;
  private final Path directory;
  private final Path data;
  private final FileChannel lock;
  private final List<String> options;
  private final String password;
  private final int port;
  private final Thread atExit = new Thread(this::stop, "stop-embedded-database");
  private @Nullable Process process;

  private EmbeddedDatabase(
      MariaDbBinaries binaries, Path directory, FileChannel lock, List<String> options)
      throws IOException {
    this.binaries = binaries;
    this.directory = directory;
    this.data = directory.resolve("data");
    this.lock = lock;
    this.options = options;
    this.password = secret();
    this.port = freePort();
  }

  /**
   * Starts a server on what the directory holds; an empty or missing one is filled first.
   *
   * @param options more options of the server, such as {@code --log-bin}
   */
  public static EmbeddedDatabase start(Path directory, String... options) {
    try {
      var home = Files.createDirectories(directory.toAbsolutePath());
      var lock = lock(home);
      var database = new EmbeddedDatabase(MariaDbBinaries.unpacked(), home, lock, List.of(options));
      database.reapOrphan();
      if (!Files.exists(database.data.resolve("mysql"))) {
        database.install();
      }
      database.launch();
      Runtime.getRuntime().addShutdownHook(database.atExit);
      return database;
    } catch (IOException e) {
      throw new CannotStart("the embedded database could not start in " + directory + ": " + e, e);
    }
  }

  public int port() {
    return port;
  }

  public String url(String schema) {
    return "jdbc:mysql://" + HOST + ":" + port + "/" + schema + "?sslMode=DISABLED";
  }

  /** Who may do everything; its password changes with each start. */
  public String adminUser() {
    return ADMIN;
  }

  public String adminPassword() {
    return password;
  }

  public long pid() {
    var running = process;
    return running == null ? -1 : running.pid();
  }

  /** Runs statements as the administrator; each ends with a semicolon at the end of a line. */
  public void run(String script) {
    try (var connection = DriverManager.getConnection(url(""), ADMIN, password);
        var statement = connection.createStatement()) {
      for (var sql : script.split(";\\s*(\\R|$)", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** As a power cut or the kernel's out-of-memory killer would. */
  public void kill9() {
    var running = process;
    if (running != null) {
      await(running.destroyForcibly(), STOP);
    }
  }

  /** On the same port and data, after {@link #kill9} or {@link #stop}. */
  public void restart() {
    stop();
    try {
      launch();
    } catch (IOException e) {
      throw new CannotStart("the embedded database could not start again: " + e, e);
    }
  }

  /** Ends the server in order; {@link #restart} may follow. */
  public void stop() {
    var running = process;
    if (running != null && running.isAlive()) {
      running.destroy();
      if (!await(running, STOP)) {
        await(running.destroyForcibly(), STOP);
      }
    }
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException alreadyShuttingDown) {
      // then the hook runs anyway, and finds nothing to stop
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves everything as a kill of this whole process would; for tests. */
  void abandon() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    lock.close();
  }

  private void install() throws IOException {
    Trees.delete(data);
    Files.createDirectories(data.resolve("mysql"));
    var command = binaries.command(directory, data);
    command.add("--bootstrap");
    command.add("--enforce-storage-engine=");
    var log = directory.resolve("install.log");
    var installer = new ProcessBuilder(command).redirectErrorStream(true);
    var running = installer.redirectOutput(log.toFile()).start();
    try (var in = running.outputWriter(StandardCharsets.UTF_8)) {
      in.write(binaries.installScript());
    } catch (IOException brokenPipe) {
      // the installer's own words, below, say why it ended
    }
    if (!await(running, START) || running.exitValue() != 0) {
      running.destroyForcibly();
      Trees.delete(data);
      throw new CannotStart(
          "the embedded database could not be installed: " + MariaDbBinaries.errors(log));
    }
  }

  private void launch() throws IOException {
    var init = directory.resolve("init.sql");
    writeSecretly(
        init,
        "CREATE OR REPLACE USER %1$s@'%2$s' IDENTIFIED BY '%3$s';\n"
                .formatted(ADMIN, HOST, password)
            + "GRANT ALL ON *.* TO %s@'%s' WITH GRANT OPTION;\n".formatted(ADMIN, HOST));
    var command = binaries.command(directory, data);
    command.add("--init-file=" + init);
    command.add("--port=" + port);
    command.add("--bind-address=" + HOST);
    command.add("--skip-name-resolve");
    // Relative to the data directory: an absolute path may be too long for a socket.
    command.add("--socket=mariadbd.sock");
    command.addAll(options);
    var log = directory.resolve("mariadbd.log");
    var server = new ProcessBuilder(command).redirectErrorStream(true);
    var running = server.redirectOutput(log.toFile()).start();
    running.getOutputStream().close();
    process = running;
    Files.writeString(pidFile(), Long.toString(running.pid()));
    awaitReady(running, log);
  }

  private void awaitReady(Process running, Path log) throws IOException {
    var giveUp = System.nanoTime() + START.toNanos();
    while (!Files.readString(log, StandardCharsets.ISO_8859_1).contains("ready for connections")) {
      if (await(running, Duration.ofMillis(20))) {
        throw new CannotStart(
            "the embedded database ended at once: " + MariaDbBinaries.errors(log));
      }
      if (System.nanoTime() > giveUp) {
        running.destroyForcibly();
        throw new CannotStart(
            "the embedded database was not ready in a minute: " + MariaDbBinaries.errors(log));
      }
    }
  }

  private void reapOrphan() throws IOException {
    if (!Files.exists(pidFile())) {
      return;
    }
    var pid = Long.parseLong(Files.readString(pidFile()).strip());
    var orphan = ProcessHandle.of(pid).filter(this::isOurs);
    orphan.ifPresent(handle -> {
      handle.destroyForcibly();
      handle.onExit().orTimeout(STOP.toSeconds(), TimeUnit.SECONDS).join();
    });
    Files.delete(pidFile());
  }

  /** A process number may be somebody else's by now; our data directory is not. */
  private boolean isOurs(ProcessHandle handle) {
    return handle.info().commandLine().orElse("").contains("--datadir=" + data);
  }

  private Path pidFile() {
    return directory.resolve("mariadbd.pid");
  }

  private static FileChannel lock(Path home) throws IOException {
    var channel =
        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException alsoTaken) {
      // by this very process
    }
    channel.close();
    throw new CannotStart("another process uses the embedded database in " + home);
  }

  private static void writeSecretly(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String secret() {
    var bytes = new byte[16];
    new java.security.SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static boolean await(Process running, Duration atMost) {
    try {
      return running.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.destroyForcibly();
      return !running.isAlive();
    }
  }
}
