package billing.store;

import billing.model.Fence;
import billing.model.Testimony;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file outside of the database that knows how far the database once was. Locked while a run
 * lasts. Written after the commit that it witnesses and before a batch's first send, and on the
 * disk when {@link #write} returns: so it is never ahead of a healthy database.
 */
public final class Witness implements AutoCloseable {

  /** How the opening ended. */
  public sealed interface Opening {

    record Open(Witness witness) implements Opening {}

    /** Another process on this host has it. */
    record TakenBy(String who) implements Opening {}
  }

  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rw-------");

  /** Root, too, opens it in a directory that may be somebody else's. */
  private static final Set<OpenOption> OPENED =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(OURS);

  private final Path file;
  private final FileChannel lock;

  private Witness(Path file, FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /**
   * Locks the file of one schema, which need not exist yet.
   *
   * @param directory {@code state.dir}
   * @param who for whoever comes second: process and command
   */
  public static Opening open(Path directory, String schema, String who) {
    if (!Files.isDirectory(directory)) {
      throw trouble("state.dir " + directory + " is no directory: create it, on a disk that stays");
    }
    var lockFile = directory.resolve("witness-" + schema + ".lock");
    try {
      var channel = FileChannel.open(lockFile, OPENED, PRIVATE);
      giveToOwnerOfTheDirectory(lockFile);
      if (!tryLock(channel)) {
        channel.close();
        return new Opening.TakenBy(Files.readString(lockFile, StandardCharsets.UTF_8).strip());
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((who + "\n").getBytes(StandardCharsets.UTF_8)));
      return new Opening.Open(new Witness(file(directory, schema), channel));
    } catch (IOException e) {
      throw trouble("state.dir " + directory + " cannot be used: " + e);
    }
  }

  /** What it says; empty: there is none yet. */
  public Optional<Testimony> read() {
    return read(file);
  }

  /** The same for who does not lock it: what a command at work writes meanwhile may be newer. */
  public static Optional<Testimony> peek(Path directory, String schema) {
    if (!Files.isDirectory(directory)) {
      throw trouble("state.dir " + directory + " is no directory: create it, on a disk that stays");
    }
    return read(file(directory, schema));
  }

  private static Path file(Path directory, String schema) {
    return directory.resolve("witness-" + schema);
  }

  private static Optional<Testimony> read(Path file) {
    try {
      return Optional.of(parse(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw trouble("the witness " + file + " cannot be read: " + e);
    }
  }

  /** Replaces it, whole or not at all, and returns once it is on the disk. */
  public void write(Testimony testimony) {
    var fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (var channel =
          FileChannel.open(
              fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)) {
        var bytes = ByteBuffer.wrap(text(testimony).getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      giveToOwnerOfTheDirectory(fresh);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      // The new name itself, too, must outlive a power cut.
      try (var directory = FileChannel.open(file.toAbsolutePath().getParent())) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw trouble("the witness " + file + " cannot be written: " + e);
    }
  }

  /** A run by hand, as root, leaves nothing behind that the night's user cannot open. */
  private static void giveToOwnerOfTheDirectory(Path file) throws IOException {
    var owner = Files.getOwner(file.resolveSibling("."));
    // Not through a link, or the directory's owner could have any file of this machine.
    var view =
        Files.getFileAttributeView(file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.getOwner().equals(owner)) {
      try {
        view.setOwner(owner);
      } catch (FileSystemException notAllowed) {
        // Root alone may give a file away; another user keeps what is his.
      }
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw trouble("the witness " + file + " cannot be closed: " + e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException byThisProcess) {
      return false;
    }
  }

  private static String text(Testimony testimony) {
    var fence = testimony.fence();
    return """
    installation=%s
    host=%s
    epoch=%d
    holder=%s
    seq=%d
    server=%s
    blind=%s
    last_send_at=%s
    """
        .formatted(
            testimony.installation(),
            testimony.host(),
            fence.epoch(),
            fence.holder(),
            fence.seq(),
            testimony.server(),
            testimony.blind(),
            testimony.lastSendAt());
  }

  private static Testimony parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (var line : text.lines().toList()) {
      var pair = line.split("=", 2);
      values.put(pair[0], pair.length == 2 ? pair[1] : "");
    }
    return new Testimony(
        value(values, "installation"),
        value(values, "host"),
        new Fence(
            Long.parseLong(value(values, "epoch")),
            value(values, "holder"),
            Long.parseLong(value(values, "seq"))),
        value(values, "server"),
        // Files of earlier versions do not say.
        isTrue(values.getOrDefault("blind", "false")),
        Instant.parse(value(values, "last_send_at")));
  }

  private static boolean isTrue(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false: " + text);
    };
  }

  private static String value(Map<String, String> values, String name) {
    @Nullable String value = values.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return value;
  }

  private static DatabaseTrouble trouble(String message) {
    return new DatabaseTrouble(DatabaseTrouble.Kind.SETTINGS, message);
  }
}
