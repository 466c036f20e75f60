package billing.sandbox;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * What leaves on one connection, whole or spoilt. Every method says whether the connection can go
 * on.
 */
record Outgoing(Socket socket, Instant now) {

  private static final Duration SILENCE = Duration.ofMinutes(10);
  private static final int FILLERS = 256;

  /** The reply, in one piece. */
  boolean send(Reply reply) throws IOException {
    var body = reply.bytes();
    return write(reply, body.length, body, true);
  }

  boolean garbage() throws IOException {
    return send(Reply.text(200, "text/html", "<html><body>Maintenance</body></html>"));
  }

  boolean empty(Reply reply) throws IOException {
    return send(Reply.text(200, reply.contentType(), ""));
  }

  boolean truncated(Reply reply) throws IOException {
    var body = reply.bytes();
    return write(reply, body.length, Arrays.copyOf(body, body.length / 2), false);
  }

  boolean wrongLength(Reply reply) throws IOException {
    var body = reply.bytes();
    return write(reply, body.length / 2, body, false);
  }

  private boolean write(Reply reply, int says, byte[] body, boolean goesOn) throws IOException {
    var head = reply.head(now, says, !goesOn);
    var all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    socket.getOutputStream().write(all);
    return goesOn;
  }

  boolean oversized(Reply reply) throws IOException {
    var body = reply.bytes();
    var filler = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    var out = socket.getOutputStream();
    out.write(reply.head(now, body.length + (long) FILLERS * filler.length, true));
    out.write(body);
    for (int i = 0; i < FILLERS; i++) {
      out.write(filler);
    }
    return false;
  }

  /** A byte at a time. */
  boolean drip(Reply reply, Duration between) throws IOException {
    var body = reply.bytes();
    var out = socket.getOutputStream();
    out.write(reply.head(now, body.length, false));
    for (var b : body) {
      Works.sleep(between);
      out.write(b);
    }
    return true;
  }

  /** Says nothing until the client gives up. */
  boolean silence() throws IOException {
    socket.setSoTimeout(Math.toIntExact(SILENCE.toMillis()));
    var in = socket.getInputStream();
    var heard = 0;
    while (heard >= 0) {
      heard = in.read();
    }
    return false;
  }

  boolean reset() {
    Listener.reset(socket);
    return false;
  }
}
