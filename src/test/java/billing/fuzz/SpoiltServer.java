package billing.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;

/** Answers each request with the next bytes, as they are, and closes the connection. */
final class SpoiltServer implements AutoCloseable {

  private final ServerSocket door;
  private volatile Supplier<byte[]> answers = () -> new byte[0];

  SpoiltServer() throws IOException {
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  void answer(Supplier<byte[]> next) {
    answers = next;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var socket = door.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (reads(socket.getInputStream())) {
        socket.getOutputStream().write(answers.get());
        socket.getOutputStream().flush();
        socket.shutdownOutput();
        socket.getInputStream().readNBytes(1); // until the client has gone
      }
    } catch (IOException gone) {
      // the client had enough
    }
  }

  /** Whether a whole request came. */
  private static boolean reads(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      var next = in.read();
      if (next < 0) {
        return false;
      }
      head.write(next);
    }
    var length = 0;
    for (var line : head.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
        length = Integer.parseInt(line.substring("content-length: ".length()));
      }
    }
    return in.readNBytes(length).length == length;
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
