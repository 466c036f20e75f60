package billing.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** HTTP as it stands on the wire, one connection a request, nothing tidied up. */
record RawHttp(URI base, int patienceMillis) {

  static RawHttp to(URI base) {
    return new RawHttp(base, 5_000);
  }

  RawHttp patient(int millis) {
    return new RawHttp(base, millis);
  }

  /** What came back: everything up to the end of the connection. */
  record Said(String text) {

    int status() {
      return Integer.parseInt(text.split(" ", 3)[1]);
    }

    String head() {
      return text.substring(0, text.indexOf("\r\n\r\n"));
    }

    String body() {
      return text.substring(text.indexOf("\r\n\r\n") + 4);
    }

    int promisedLength() {
      var line = head().lines().filter(l -> l.startsWith("Content-Length: ")).findFirst();
      return Integer.parseInt(line.orElseThrow().substring("Content-Length: ".length()));
    }
  }

  Said post(String path, String form, String... headers) throws IOException {
    return exchange(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
            + "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"
            + String.join("", headers)
            + "Content-Length: "
            + form.length()
            + "\r\n\r\n"
            + form);
  }

  Said get(String path, String... headers) throws IOException {
    return exchange(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
            + String.join("", headers)
            + "\r\n");
  }

  private Said exchange(String request) throws IOException {
    try (var socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(patienceMillis);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      var all = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(all);
      return new Said(all.toString(StandardCharsets.UTF_8));
    }
  }
}
