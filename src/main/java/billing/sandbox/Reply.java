package billing.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One HTTP reply. */
record Reply(int status, String contentType, Map<String, String> headers, String body) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  static Reply json(int status, String body) {
    return text(status, "application/json", body);
  }

  static Reply text(int status, String contentType, String body) {
    return new Reply(status, contentType, Map.of(), body);
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  Reply with(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, contentType, more, body);
  }

  /** Status line and headers, ending with the empty line. */
  byte[] head(Instant now, long length, boolean close) {
    var text = new StringBuilder(256).append("HTTP/1.1 ").append(status).append(" Reply\r\n");
    text.append("Date: ").append(DATE.format(now)).append("\r\n");
    text.append("Content-Type: ").append(contentType).append("\r\n");
    text.append("Content-Length: ").append(length).append("\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    text.append("Connection: ").append(close ? "close" : "keep-alive").append("\r\n\r\n");
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
