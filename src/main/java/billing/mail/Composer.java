package billing.mail;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Makes the mail of a letter: text and HTML as alternatives, in UTF-8, to one address. */
final class Composer {

  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private final Mailbox from;
  private final DateTimeFormatter date;

  Composer(Mailbox from, ZoneId zone) {
    this.from = from;
    this.date =
        DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH).withZone(zone);
  }

  MimeMessage compose(
      Session session, String messageId, String to, Templates.Rendered words, Instant now) {
    try {
      var mail = new Named(session, messageId);
      mail.setFrom(new InternetAddress(from.address(), from.name(), UTF_8));
      mail.setRecipient(Message.RecipientType.TO, new InternetAddress(to, null, UTF_8));
      mail.setSubject(words.subject(), UTF_8);
      mail.setHeader("Date", date.format(now));
      mail.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no holiday notes in reply
      var parts =
          new MimeMultipart("alternative", part(words.text(), "plain"), part(words.html(), "html"));
      mail.setContent(parts);
      mail.saveChanges();
      return mail;
    } catch (MessagingException | UnsupportedEncodingException e) {
      throw new IllegalStateException("a mail of checked parts can always be made", e);
    }
  }

  private static MimeBodyPart part(String content, String subtype) throws MessagingException {
    var part = new MimeBodyPart();
    part.setText(content, UTF_8, subtype);
    return part;
  }

  /** A mail that keeps the id it is given; the library would make up a new one. */
  private static final class Named extends MimeMessage {

    private final String messageId;

    Named(Session session, String messageId) {
      super(session);
      this.messageId = messageId;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", messageId);
    }
  }
}
