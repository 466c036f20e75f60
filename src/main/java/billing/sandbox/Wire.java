package billing.sandbox;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP of one door. It reads requests, and spoils connections and replies as the faults say;
 * the raw socket is its own.
 */
final class Wire {

  private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
  private static final int LARGEST_BODY = 1 << 20;
  private static final Http1Config HTTP =
      Http1Config.custom().setMaxLineLength(16_384).setMaxHeaderCount(100).build();

  private final Door door;
  private final Ledger ledger;
  private final Faults faults;
  private final Admin admin;
  private final Works works;

  Wire(Door door, Ledger ledger, Faults faults, Admin admin, Works works) {
    this.door = door;
    this.ledger = ledger;
    this.faults = faults;
    this.admin = admin;
    this.works = works;
  }

  /** Answers requests until either side has had enough. */
  void serve(Socket socket, Listener listener) throws IOException {
    var http = new DefaultBHttpServerConnection(null, HTTP);
    http.bind(socket);
    try {
      var goesOn = true;
      while (goesOn) {
        socket.setSoTimeout(Math.toIntExact(faults.weather().keepAlive().toMillis()));
        var head = http.receiveRequestHeader();
        if (head == null) {
          return;
        }
        var request = read(http, head, socket);
        goesOn = answer(request, socket, listener) && !isLast(request);
      }
    } catch (HttpException e) {
      LOG.debug("no HTTP that we understand", e);
      outgoing(socket).send(Reply.text(400, "text/plain", String.valueOf(e.getMessage())));
    }
  }

  private static boolean isLast(Request request) {
    return "close".equalsIgnoreCase(request.header("connection"));
  }

  private static Request read(
      DefaultBHttpServerConnection http, ClassicHttpRequest head, Socket socket)
      throws IOException, HttpException {
    var headers = new HashMap<String, String>();
    for (var header : head.getHeaders()) {
      headers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
      socket
          .getOutputStream()
          .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    http.receiveRequestEntity(head);
    var entity = head.getEntity();
    var body =
        entity == null ? "" : EntityUtils.toString(entity, StandardCharsets.UTF_8, LARGEST_BODY);
    try {
      return request(head, headers, body);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("a malformed escape", e);
    }
  }

  private static Request request(
      ClassicHttpRequest head, Map<String, String> headers, String body) {
    var target = head.getRequestUri();
    var question = target.indexOf('?');
    var type = headers.getOrDefault("content-type", "");
    return new Request(
        head.getMethod(),
        question < 0 ? target : target.substring(0, question),
        Form.parse(question < 0 ? "" : target.substring(question + 1)),
        headers,
        body,
        type.startsWith("application/x-www-form-urlencoded") ? Form.parse(body) : Form.EMPTY);
  }

  private boolean answer(Request request, Socket socket, Listener listener) throws IOException {
    if (request.path().startsWith("/_")) {
      return outgoing(socket).send(admin.answer(request));
    }
    var call = door.understand(request);
    var fault = faults.choose(call);
    arrived(call, fault.kind());
    return switch (fault.kind()) {
      case RESET_BEFORE -> outgoing(socket).reset();
      case CLOSED_BEFORE -> false;
      case SILENT_BEFORE -> outgoing(socket).silence();
      case OUTAGE -> {
        listener.refuse();
        works.later(fault.delay(), listener::listen);
        yield false;
      }
      case EFFECT_LATE -> {
        Works.sleep(fault.delay());
        yield reply(socket, call, fault);
      }
      case TWICE -> twice(socket, call, fault);
      case REPEATED -> {
        door.answer(call, Fault.NONE);
        yield reply(socket, call, Fault.NONE);
      }
      case NONE,
          THROTTLED,
          HTTP_429,
          UNAVAILABLE,
          ERROR_BEFORE,
          ERROR_AFTER,
          ERROR_ROLLED_FORWARD,
          ERROR_ROLLED_BACK,
          UNSURE_BEFORE,
          UNSURE_AFTER,
          DUPLICATE,
          DECLINE,
          HELD,
          LOOKUP_STALE,
          LOOKUP_FAILS ->
          reply(socket, call, fault);
      case RESET_AFTER -> {
        door.answer(call, fault);
        yield outgoing(socket).reset();
      }
      case CLOSED_AFTER -> {
        door.answer(call, fault);
        yield false;
      }
      case SILENT_AFTER -> {
        door.answer(call, fault);
        yield outgoing(socket).silence();
      }
      case REPLY_LATE -> {
        var reply = door.answer(call, fault);
        Works.sleep(fault.delay());
        yield outgoing(socket).send(reply);
      }
      case GARBAGE -> {
        door.answer(call, fault);
        yield outgoing(socket).garbage();
      }
      case EMPTY -> outgoing(socket).empty(door.answer(call, fault));
      case TRUNCATED -> outgoing(socket).truncated(door.answer(call, fault));
      case OVERSIZED -> outgoing(socket).oversized(door.answer(call, fault));
      case WRONG_LENGTH -> outgoing(socket).wrongLength(door.answer(call, fault));
      case DRIP -> outgoing(socket).drip(door.answer(call, fault), fault.delay());
    };
  }

  private Outgoing outgoing(Socket socket) {
    return new Outgoing(socket, ledger.now());
  }

  private boolean reply(Socket socket, Call call, Fault fault) throws IOException {
    var reply = door.answer(call, fault);
    return outgoing(socket).send(reply);
  }

  private boolean twice(Socket socket, Call call, Fault fault) throws IOException {
    var first = door.answer(call, fault);
    if (fault.delay().isZero()) {
      again(call);
    } else {
      works.later(fault.delay(), () -> again(call));
    }
    return outgoing(socket).send(first);
  }

  private void again(Call call) throws InterruptedIOException {
    arrived(call, Fault.Kind.TWICE);
    try {
      door.answer(call, Fault.NONE);
    } catch (InterruptedIOException closing) {
      throw closing;
    } catch (IOException e) {
      LOG.debug("the second delivery", e);
    }
  }

  private void arrived(Call call, Fault.Kind fault) {
    ledger.arrived(new Arrival(Instant.now(), call.door(), call.operation(), call.key(), fault));
  }
}
