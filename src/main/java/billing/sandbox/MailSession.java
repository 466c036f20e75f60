package billing.sandbox;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the {@link MailServer}: SMTP as in RFC 5321, with STARTTLS (RFC 3207), AUTH
 * PLAIN (RFC 4954) and PIPELINING (RFC 2920), whose only demand is to answer in order.
 */
final class MailSession {

  private static final int LONGEST_LINE = 4096;
  private static final int LARGEST_MAIL = 4 << 20;

  /** {@code MAIL FROM:<address>} or {@code RCPT TO:<address>}; parameters after it do no harm. */
  private static final Pattern PATH =
      Pattern.compile("(?:MAIL FROM|RCPT TO): *<([^<>]*)>.*", Pattern.CASE_INSENSITIVE);

  private final MailServer server;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private boolean encrypted;
  private boolean loggedIn;
  private int mails;
  private @Nullable String from;
  private final List<String> to = new ArrayList<>();

  MailSession(MailServer server, Socket socket) throws IOException {
    this.server = server;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  void run() throws IOException {
    if (server.options().implicitTls()) {
      encrypt();
    }
    answer("220 sandbox.invalid ESMTP");
    while (obey(line(LONGEST_LINE))) {
      // until it says no
    }
  }

  /** Whether the connection goes on. */
  private boolean obey(String command) throws IOException {
    var verb = command.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    server.heard(verb);
    switch (verb) {
      case "EHLO" -> ehlo();
      case "HELO" -> answer("250 sandbox.invalid");
      case "STARTTLS" -> startTls();
      case "AUTH" -> logIn(command);
      case "MAIL" -> {
        return mail(command);
      }
      case "RCPT" -> recipient(command);
      case "DATA" -> {
        return data();
      }
      case "RSET" -> {
        reset();
        answer("250 2.0.0 forgotten");
      }
      case "NOOP" -> answer("250 2.0.0 here");
      case "QUIT" -> {
        answer("221 2.0.0 bye");
        return false;
      }
      default -> answer("502 5.5.1 not understood");
    }
    return true;
  }

  private void ehlo() throws IOException {
    reset();
    var offers = new ArrayList<>(List.of("sandbox.invalid", "PIPELINING", "8BITMIME"));
    offers.add("ENHANCEDSTATUSCODES");
    if (server.options().tls() != null && !encrypted) {
      offers.add("STARTTLS");
    }
    if (server.options().user() != null) {
      offers.add("AUTH PLAIN");
    }
    var last = offers.size() - 1;
    var lines = new StringBuilder();
    for (var offer : offers.subList(0, last)) {
      lines.append("250-").append(offer).append("\r\n");
    }
    answer(lines + "250 " + offers.get(last));
  }

  private void startTls() throws IOException {
    if (server.options().tls() == null || encrypted) {
      answer("502 5.5.1 not offered");
      return;
    }
    answer("220 2.0.0 go ahead");
    encrypt();
    reset();
  }

  /** With new streams, so that nothing said in the clear is taken for said under TLS. */
  private void encrypt() throws IOException {
    var tls = server.options().tls();
    if (tls == null) {
      throw new IOException("no certificate");
    }
    var layered = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
    layered.setUseClientMode(false);
    layered.startHandshake();
    socket = layered;
    in = new BufferedInputStream(layered.getInputStream());
    out = new BufferedOutputStream(layered.getOutputStream());
    encrypted = true;
  }

  private void logIn(String command) throws IOException {
    var words = command.split(" ", -1);
    if (words.length < 2 || !words[1].equalsIgnoreCase("PLAIN")) {
      answer("504 5.5.4 only PLAIN");
      return;
    }
    var response = words.length > 2 ? words[2] : ask("334 ");
    var parts = decoded(response).split("\0", -1);
    loggedIn = parts.length == 3 && server.options().mayLogIn(parts[1], parts[2]);
    answer(loggedIn ? "235 2.7.0 welcome" : "535 5.7.8 wrong user or password");
  }

  private String ask(String question) throws IOException {
    answer(question);
    return line(LONGEST_LINE);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException garbage) {
      return "";
    }
  }

  private boolean mail(String command) throws IOException {
    var path = PATH.matcher(command);
    if (server.options().user() != null && !loggedIn) {
      answer("530 5.7.0 log in first");
    } else if (!path.matches()) {
      answer("501 5.5.4 MAIL FROM:<address>");
    } else if (mails >= server.options().mailsPerConnection()) {
      answer("421 4.7.0 enough for one connection");
      return false;
    } else {
      reset();
      from = path.group(1);
      answer("250 2.1.0 sender taken");
    }
    return true;
  }

  private void recipient(String command) throws IOException {
    var path = PATH.matcher(command);
    if (from == null) {
      answer("503 5.5.1 MAIL first");
    } else if (!path.matches()) {
      answer("501 5.5.4 RCPT TO:<address>");
    } else if (server.faults().rejected().test(path.group(1))) {
      answer("550 5.1.1 no such mailbox");
    } else if (server.faults().deferred().test(path.group(1))) {
      answer(server.faults().deferral());
    } else {
      to.add(path.group(1));
      answer("250 2.1.5 recipient taken");
    }
  }

  private boolean data() throws IOException {
    if (from == null || to.isEmpty()) {
      answer("503 5.5.1 RCPT first");
      return true;
    }
    answer("354 end with a dot");
    var mail = new ReceivedMail(from, List.copyOf(to), content());
    server.keep(mail);
    mails++;
    if (to.stream().anyMatch(server.faults().unanswered())) {
      return false;
    }
    reset();
    answer("250 2.0.0 taken");
    return true;
  }

  /** The lines up to the lone dot, the dots that the client had to double undone. */
  private String content() throws IOException {
    var content = new StringBuilder();
    while (true) {
      var line = line(LARGEST_MAIL);
      if (line.equals(".")) {
        return content.toString();
      }
      content.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
      if (content.length() > LARGEST_MAIL) {
        throw new IOException("a mail beyond " + LARGEST_MAIL + " bytes");
      }
    }
  }

  private void reset() {
    from = null;
    to.clear();
  }

  private void answer(String text) throws IOException {
    try {
      Thread.sleep(server.faults().delay());
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** One byte is one character, so that what came can be decoded as its headers say. */
  private String line(int longest) throws IOException {
    var line = new ByteArrayOutputStream(128);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      if (line.size() == longest) {
        throw new IOException("a line beyond " + longest + " bytes");
      }
      line.write(b);
    }
    var text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
