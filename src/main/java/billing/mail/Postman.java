package billing.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The way from letters to the mail server. Letters go out in rounds, each over a connection of its
 * own: {@code try (var round = postman.open()) { var delivery = round.send(letter); }}. Several
 * rounds at once are fine.
 */
public final class Postman {

  private final MailSettings settings;
  private final Templates templates;
  private final InstantSource clock;
  private final Composer composer;
  private final @Nullable SSLSocketFactory tls;

  /** What mails are written in; each line has its own. */
  private final Session session;

  /**
   * @param clock for the mails' Date
   */
  public Postman(MailSettings settings, Templates templates, InstantSource clock) {
    this(settings, templates, clock, null);
  }

  /**
   * @param tls instead of the platform's, which trusts what the JDK trusts
   */
  Postman(
      MailSettings settings,
      Templates templates,
      InstantSource clock,
      @Nullable SSLSocketFactory tls) {
    this.settings = settings;
    this.templates = templates;
    this.clock = clock;
    this.composer = new Composer(settings.from(), templates.zone());
    this.tls = tls;
    this.session = Line.session(settings, tls, null);
  }

  /**
   * Writes a sample of every letter, so that a template which does not fit ends a run before it has
   * begun.
   *
   * @param columns what the app's SQL gives beyond the known columns of an invoice
   * @throws TemplateTrouble naming the template, the line and the keys that there are
   */
  public void check(Collection<String> columns) {
    templates.check(columns);
  }

  /** Begins a round. Nothing is said to the mail server before the first letter. */
  public Round open() {
    return open(Round.LONGEST_MAIL);
  }

  Round open(Duration longestMail) {
    return new Round(this, longestMail);
  }

  /**
   * The same for the same letter at every time, so that a mail program shows one mail where two
   * arrived because the server's answer to the first was lost.
   */
  public String messageId(Letter letter) {
    return "<%s.%s@%s>".formatted(letter.key(), letter.kind().word(), settings.from().domain());
  }

  MimeMessage compose(Letter letter, String to) {
    var now = clock.instant();
    return composer.compose(session, messageId(letter), to, templates.render(letter, now), now);
  }

  Line connect(Sockets sockets) throws MessagingException {
    return Line.open(Line.session(settings, tls, sockets), settings);
  }
}
