package billing.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on loopback that plays one scripted turn per request, byte by byte as written, and
 * remembers everything that it was sent. After the last turn it closes connections.
 */
public final class LiteralServer implements AutoCloseable {

  /** A request as it came over the wire; header names in lower case. */
  public record Asked(String line, Map<String, String> headers, String body) {}

  /** What the server does once it has read a request. */
  public interface Turn {

    /** Plays it; the connection stays open if it returns true. */
    boolean play(Socket socket) throws Exception;
  }

  private final ServerSocket door;
  private final Deque<Turn> turns = new ArrayDeque<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> fragments = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  private LiteralServer(ServerSocket door) {
    this.door = door;
  }

  public static LiteralServer start() throws IOException {
    return on(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  /** Behind a door of the test's own, for TLS. */
  public static LiteralServer on(ServerSocket door) {
    var server = new LiteralServer(door);
    Thread.ofVirtual().start(server::accept);
    return server;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  public synchronized LiteralServer then(Turn turn) {
    turns.add(turn);
    return this;
  }

  public LiteralServer thenReply(int status, String body) {
    return then(reply(status, "", body));
  }

  public List<Asked> asked() {
    return asked;
  }

  /** What came on connections that ended before a whole request had. */
  public List<String> fragments() {
    return fragments;
  }

  public int connections() {
    return connections.get();
  }

  /** A whole HTTP reply on a connection that is kept. */
  public static Turn reply(int status, String headers, String body) {
    var text = http(status, headers, body);
    return socket -> {
      send(socket, text);
      return true;
    };
  }

  public static String http(int status, String headers, String body) {
    var length = body.getBytes(StandardCharsets.UTF_8).length;
    return "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(status, headers, length, body);
  }

  /** Exactly these characters, then the end of the connection. */
  public static Turn raw(String text) {
    return socket -> {
      send(socket, text);
      return false;
    };
  }

  public static Turn closes() {
    return socket -> false;
  }

  public static Turn resets() {
    return socket -> {
      socket.setSoLinger(true, 0);
      return false;
    };
  }

  /** Says nothing until the client goes. */
  public static Turn silent() {
    return socket -> {
      socket.getInputStream().read();
      return false;
    };
  }

  /** One character every 20 ms, for as long as somebody listens. */
  public static Turn drips(String begin) {
    return socket -> {
      send(socket, begin);
      while (true) {
        Thread.sleep(20);
        send(socket, " ");
      }
    };
  }

  static void send(Socket socket, String text) throws IOException {
    var out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var socket = door.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      while (read(socket.getInputStream()) && next().play(socket)) {
        // the next request on the same connection
      }
    } catch (Exception gone) {
      // the client went, or the test is over
    }
  }

  private synchronized Turn next() {
    return turns.isEmpty() ? closes() : turns.remove();
  }

  private boolean read(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    try {
      while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
        var next = in.read();
        if (next < 0) {
          break;
        }
        head.write(next);
      }
    } finally {
      if (head.size() > 0 && !head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
        fragments.add(head.toString(StandardCharsets.UTF_8));
      }
    }
    var lines = head.toString(StandardCharsets.UTF_8).split("\r\n", -1);
    if (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
      return false;
    }
    var headers = new HashMap<String, String>();
    for (int i = 1; i < lines.length - 2; i++) {
      var pair = lines[i].split(": ", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
    }
    var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    asked.add(new Asked(lines[0], headers, body));
    return true;
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (var socket : open) {
      socket.close();
    }
  }
}
