package billing.mail;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way to the mail server.
 *
 * @param user null: no login
 * @param password never in a log, an exception's text or {@link #toString}
 * @param from the sender of every mail; its domain ends every Message-ID
 */
public record MailSettings(
    String host,
    int port,
    @Nullable String user,
    @Nullable String password,
    Mailbox from,
    Tls tls) {

  /** How the connection is kept from others. None of them falls back to a weaker one. */
  public enum Tls {
    /** Begins in the clear and must be upgraded before anything else is said (port 587). */
    STARTTLS,
    /** Encrypted from the first byte (port 465). */
    TLS,
    /** In the clear: a relay on this machine or in a network that is trusted. */
    NONE
  }

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /**
   * @throws IllegalArgumentException naming the setting that does not fit
   */
  public MailSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("mail.host: empty");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("mail.port: " + port + " is not between 1 and 65535");
    }
    if ((user == null) != (password == null)) {
      throw new IllegalArgumentException("mail.user, mail.password: one is set without the other");
    }
    if (user != null && tls == Tls.NONE && !LOOPBACK.contains(host.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "mail.tls: with none, mail.password would cross the network in the clear");
    }
  }

  @Override
  public String toString() {
    return "MailSettings[" + host + ":" + port + ", tls=" + tls + ", password=***]";
  }
}
