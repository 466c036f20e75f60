package billing.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mail as the {@link MailServer} took it, and as a mail program would show it.
 *
 * @param from the envelope's sender
 * @param to the envelope's recipients
 * @param raw headers and body, a character a byte, lines ended with CR LF
 */
public record ReceivedMail(String from, List<String> to, String raw) {

  /** {@code =?charset?B-or-Q?text?=}, RFC 2047. */
  private static final Pattern ENCODED =
      Pattern.compile("=\\?([^?]+)\\?([BbQq])\\?([^?]*)\\?=(?:\\s+(?==\\?))?");

  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");
  private static final Pattern CHARSET = Pattern.compile("charset=\"?([^\";\\s]+)\"?");
  private static final Pattern ESCAPED = Pattern.compile("=([0-9A-Fa-f]{2})");

  public String messageId() {
    return header("Message-ID").orElse("");
  }

  public String subject() {
    return header("Subject").orElse("");
  }

  /** The first header of that name, unfolded and decoded. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** Every header of that name. */
  public List<String> headers(String name) {
    return headers(raw, name);
  }

  /** The plain text; empty where there is none. */
  public String text() {
    return part(raw, "text/plain").orElse("");
  }

  /** The HTML page; empty where there is none. */
  public String html() {
    return part(raw, "text/html").orElse("");
  }

  private static List<String> headers(String entity, String name) {
    var found = new ArrayList<String>();
    var unfolded = head(entity).replaceAll("\r\n([ \t])", "$1");
    for (var line : unfolded.split("\r\n", -1)) {
      var colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        found.add(words(line.substring(colon + 1).strip()));
      }
    }
    return found;
  }

  private static Optional<String> part(String entity, String type) {
    var contentType = headers(entity, "Content-Type").stream().findFirst().orElse("text/plain");
    var boundary = BOUNDARY.matcher(contentType);
    if (contentType.toLowerCase(Locale.ROOT).startsWith("multipart/") && boundary.find()) {
      var parts = ("\r\n" + body(entity)).split("\r\n--" + Pattern.quote(boundary.group(1)), -1);
      return List.of(parts).subList(1, parts.length - 1).stream()
          .map(part -> part(part.replaceFirst("^[ \t]*\r\n", ""), type))
          .flatMap(Optional::stream)
          .findFirst();
    }
    if (!contentType.toLowerCase(Locale.ROOT).startsWith(type)) {
      return Optional.empty();
    }
    var charset = CHARSET.matcher(contentType);
    var encoding = headers(entity, "Content-Transfer-Encoding").stream().findFirst().orElse("7bit");
    var bytes = decoded(body(entity), encoding.toLowerCase(Locale.ROOT));
    return Optional.of(new String(bytes, charset(charset.find() ? charset.group(1) : "us-ascii")));
  }

  private static String head(String entity) {
    var end = entity.indexOf("\r\n\r\n");
    return end < 0 ? entity : entity.substring(0, end);
  }

  private static String body(String entity) {
    var end = entity.indexOf("\r\n\r\n");
    return end < 0 ? "" : entity.substring(end + 4);
  }

  private static byte[] decoded(String body, String encoding) {
    return switch (encoding) {
      case "base64" -> Base64.getMimeDecoder().decode(body);
      case "quoted-printable" -> unescaped(body.replaceAll("[ \t]*=[ \t]*\r\n", ""));
      default -> body.getBytes(StandardCharsets.ISO_8859_1);
    };
  }

  private static byte[] unescaped(String text) {
    var bytes = new ByteArrayOutputStream(text.length());
    var escaped = ESCAPED.matcher(text);
    var at = 0;
    while (escaped.find()) {
      bytes.writeBytes(text.substring(at, escaped.start()).getBytes(StandardCharsets.ISO_8859_1));
      bytes.write(HexFormat.fromHexDigits(escaped.group(1)));
      at = escaped.end();
    }
    bytes.writeBytes(text.substring(at).getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  private static String words(String header) {
    return ENCODED
        .matcher(header)
        .replaceAll(word -> {
          var bytes =
              word.group(2).equalsIgnoreCase("B")
                  ? Base64.getDecoder().decode(word.group(3))
                  : unescaped(word.group(3).replace('_', ' '));
          return Matcher.quoteReplacement(new String(bytes, charset(word.group(1))));
        });
  }

  private static Charset charset(String name) {
    return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.ISO_8859_1;
  }
}
