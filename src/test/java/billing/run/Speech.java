package billing.run;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the client's side of one connection falls into things said, each a crash point. */
interface Speech {

  /** One thing said, whole. */
  final class Unit {
    private final @Nullable String what;
    private final byte[] bytes;

    /**
     * @param what in words; null: it is no crash point of its own
     */
    Unit(@Nullable String what, byte[] bytes) {
      this.what = what;
      this.bytes = bytes;
    }

    @Nullable String what() {
      return what;
    }

    void to(OutputStream out) throws IOException {
      out.write(bytes);
    }
  }

  /** Reads up to the end of the next one. */
  Unit next(InputStream in) throws IOException;

  /** The beginning of what the server answered. */
  default void heard(String beginning) {}

  /** Whether what has been said has left the process, so that it arrives though the run sleeps. */
  default boolean passesAsleep() {
    return false;
  }

  /** The protocol of MySQL and MariaDB: a packet is a command. */
  final class Sql implements Speech {
    private static final int QUIT = 1;
    private static final int QUERY = 3;
    private static final Pattern REMARKS = Pattern.compile("(?m)^\\s*--.*$|/\\*.*?\\*/");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private boolean loggedIn;

    @Override
    public Unit next(InputStream in) throws IOException {
      var header = in.readNBytes(4);
      if (header.length < 4) {
        throw new EOFException();
      }
      int length = (header[0] & 255) | (header[1] & 255) << 8 | (header[2] & 255) << 16;
      var packet = Arrays.copyOf(header, 4 + length);
      if (in.readNBytes(packet, 4, length) < length) {
        throw new EOFException();
      }
      return new Unit(what(packet), packet);
    }

    private @Nullable String what(byte[] packet) {
      if (packet[3] != 0) {
        var first = !loggedIn;
        loggedIn = true;
        return first ? "db: log in" : null;
      }
      return switch (packet[4]) {
        case QUIT -> null;
        case QUERY -> statement(new String(packet, 5, packet.length - 5, StandardCharsets.UTF_8));
        default -> "db: command " + packet[4];
      };
    }

    /** The driver's own question before each change is left out: it changes nothing. */
    private static @Nullable String statement(String sql) {
      var text = BLANKS.matcher(REMARKS.matcher(sql).replaceAll(" ")).replaceAll(" ").strip();
      if (text.equals("SELECT @@session.transaction_read_only")) {
        return null;
      }
      if (text.equalsIgnoreCase("commit")) {
        return "db: commit";
      }
      return "db: " + (text.length() > 70 ? text.substring(0, 70) : text);
    }
  }

  /** HTTP 1.1 with a length before each body. */
  final class Http implements Speech {
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length:\\s*(\\d+)\\s*$");

    @Override
    public Unit next(InputStream in) throws IOException {
      var bytes = new ByteArrayOutputStream();
      while (line(in, bytes) > 2) {
        // up to the empty one
      }
      var head = bytes.toString(StandardCharsets.ISO_8859_1);
      var length = LENGTH.matcher(head);
      if (length.find()) {
        int body = Integer.parseInt(length.group(1));
        var read = in.readNBytes(body);
        if (read.length < body) {
          throw new EOFException();
        }
        bytes.writeBytes(read);
      }
      var line = head.substring(0, head.indexOf('\r')).split("[ ?]", 3);
      return new Unit("gateway: " + line[0] + " " + line[1], bytes.toByteArray());
    }

    @Override
    public boolean passesAsleep() {
      return true;
    }
  }

  /** SMTP: a line is a command, but the letter is one thing. */
  final class Mail implements Speech {
    private boolean dataAsked;
    private volatile boolean dataAllowed;

    @Override
    public Unit next(InputStream in) throws IOException {
      var bytes = new ByteArrayOutputStream();
      line(in, bytes);
      if (dataAsked && dataAllowed) {
        dataAsked = false;
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n.\r\n")) {
          line(in, bytes);
        }
        return new Unit("mail: the letter", bytes.toByteArray());
      }
      var verb =
          bytes
              .toString(StandardCharsets.ISO_8859_1)
              .strip()
              .split(" ", 2)[0]
              .toUpperCase(Locale.ROOT);
      dataAsked = verb.equals("DATA");
      return new Unit(verb.equals("QUIT") ? null : "mail: " + verb, bytes.toByteArray());
    }

    @Override
    public void heard(String beginning) {
      dataAllowed = beginning.startsWith("354");
    }
  }

  /** One line with its end; how many bytes it had. */
  private static int line(InputStream in, ByteArrayOutputStream bytes) throws IOException {
    int length = 0;
    int b;
    do {
      b = in.read();
      if (b < 0) {
        throw new EOFException();
      }
      bytes.write(b);
      length++;
    } while (b != '\n');
    return length;
  }
}
