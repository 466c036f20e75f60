package billing.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.time.Duration;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/** One connection to the mail server, which remembers how far the present mail has come. */
final class Line extends SMTPTransport {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /**
   * RFC 5321 §4.5.3.2 would have us wait up to ten minutes, because who hangs up too early after
   * the last dot sends twice. A server that scans a mail answers within this; one that is dead must
   * not hold up the end of a run any longer.
   */
  private static final Duration ANSWER = Duration.ofMinutes(2);

  private boolean senderAccepted;

  private Line(Session session, MailSettings settings) {
    super(session, new URLName("smtp", settings.host(), settings.port(), null, null, null));
  }

  /**
   * @param sockets whose the connection is; null where none is made
   */
  static Session session(
      MailSettings settings, @Nullable SSLSocketFactory tls, @Nullable Sockets sockets) {
    var p = new Properties();
    p.put("mail.smtp.connectiontimeout", String.valueOf(CONNECT.toMillis()));
    p.put("mail.smtp.timeout", String.valueOf(ANSWER.toMillis()));
    p.put("mail.smtp.writetimeout", String.valueOf(ANSWER.toMillis()));
    p.put("mail.smtp.quitwait", "false");
    p.put("mail.smtp.sendpartial", "false");
    p.put("mail.smtp.auth", String.valueOf(settings.user() != null));
    p.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
    var starttls = String.valueOf(settings.tls() == MailSettings.Tls.STARTTLS);
    p.put("mail.smtp.starttls.enable", starttls);
    p.put("mail.smtp.starttls.required", starttls);
    p.put("mail.smtp.ssl.enable", String.valueOf(settings.tls() == MailSettings.Tls.TLS));
    p.put("mail.smtp.ssl.checkserveridentity", "true");
    p.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
    p.put("mail.smtp.socketFactory.fallback", "false");
    p.put("mail.smtp.ssl.socketFactory.fallback", "false");
    p.put("mail.mime.allowutf8", "false");
    if (sockets != null) {
      p.put("mail.smtp.socketFactory", sockets);
    }
    if (tls != null) {
      p.put("mail.smtp.ssl.socketFactory", tls);
    }
    return Session.getInstance(p);
  }

  static Line open(Session session, MailSettings settings) throws MessagingException {
    var line = new Line(session, settings);
    line.connect(settings.host(), settings.port(), settings.user(), settings.password());
    if (settings.user() != null && !line.supportsExtension("AUTH")) {
      line.hangUp(); // the library would go on without the login
      throw new MessagingException("the mail server offers no login, but mail.user is set");
    }
    return line;
  }

  @Override
  protected void mailFrom() throws MessagingException {
    senderAccepted = false;
    super.mailFrom();
    senderAccepted = true;
  }

  /** Whether the server went beyond MAIL with the newest mail: before that it has nothing of it. */
  boolean isSenderAccepted() {
    return senderAccepted;
  }

  void hangUp() {
    try {
      close();
    } catch (MessagingException alreadyGone) {
      // nothing was under way that the server had not answered
    }
  }
}
