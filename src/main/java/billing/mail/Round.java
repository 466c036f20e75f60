package billing.mail;

import billing.mail.Delivery.Later;
import billing.mail.Delivery.Sent;
import billing.mail.Delivery.ServerDown;
import billing.mail.Delivery.Undeliverable;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A series of letters over one connection, which is made at the first and renewed where the server
 * ends it. For one thread; it waits for the network, so let that be a platform thread (the library
 * holds a monitor meanwhile). Nothing that a mail server can do is thrown.
 */
public final class Round implements AutoCloseable {

  /** Of all answers to one mail, connecting included: then the connection counts as lost. */
  public static final Duration LONGEST_MAIL = Duration.ofMinutes(10);

  /** Many servers take no more on one connection, and some are rude about it. */
  private static final int PER_CONNECTION = 100;

  /** Each loss may be a mail sent in vain, or twice: after so many in a row the round ends. */
  private static final int LOSSES = 3;

  /** Of what is not about the letter: so many in a row, and the next ones fare no better. */
  private static final int REFUSALS = 3;

  private final Postman postman;
  private final Duration longestMail;
  private final Sockets sockets = new Sockets();
  private @Nullable Line line;
  private @Nullable ServerDown down;
  private int sentOnLine;

  /** Whether the server has anything of the newest mail. */
  private boolean begun;

  private int lossesInARow;

  /** Whether what the server said last is about us and not about the letter. */
  private boolean aboutUs;

  private int refusalsInARow;

  Round(Postman postman, Duration longestMail) {
    this.postman = postman;
    this.longestMail = longestMail;
  }

  /** Hands one letter to the mail server, and says what became of it. */
  public Delivery send(Letter letter) {
    if (down != null) {
      return down;
    }
    var email = letter.invoice().email();
    var to = Mailbox.address(email == null ? "" : email);
    if (to.isEmpty()) {
      return new Undeliverable("not an e-mail address: " + OneLine.of(String.valueOf(email), 100));
    }
    MimeMessage mail;
    try {
      mail = postman.compose(letter, to.get());
    } catch (TemplateTrouble e) {
      return new Later(String.valueOf(e.getMessage()));
    }
    Delivery delivery;
    try (var deadline = sockets.deadline(longestMail)) {
      delivery = hand(mail);
    }
    if (delivery instanceof ServerDown serverDown) {
      down = serverDown;
      close();
    }
    return delivery;
  }

  private Delivery hand(MimeMessage mail) {
    var used = line != null;
    var delivery = tryOnce(mail);
    // A server may tire of a connection between two mails; then it has nothing of this one.
    if (used && !begun && !(delivery instanceof Sent)) {
      close();
      delivery = tryOnce(mail);
    }
    refusalsInARow = aboutUs ? refusalsInARow + 1 : 0;
    if (refusalsInARow == REFUSALS && delivery instanceof Later last) {
      return new ServerDown("refused %d letters in a row; %s".formatted(REFUSALS, last.why()));
    }
    if (delivery instanceof Sent || line != null) {
      lossesInARow = 0;
    } else if (++lossesInARow == LOSSES && delivery instanceof Later last) {
      return new ServerDown("connection lost %d times in a row; %s".formatted(LOSSES, last.why()));
    }
    return delivery;
  }

  private Delivery tryOnce(MimeMessage mail) {
    begun = false;
    aboutUs = false;
    if (line == null) {
      try {
        line = postman.connect(sockets);
        sentOnLine = 0;
      } catch (MessagingException e) {
        return Replies.toConnecting(e);
      }
    }
    try {
      line.sendMessage(mail, mail.getAllRecipients());
      begun = true;
      if (++sentOnLine == PER_CONNECTION) {
        close();
      }
      return new Sent();
    } catch (MessagingException e) {
      begun = line.isSenderAccepted();
      aboutUs = Replies.isAboutUs(e);
      if (!line.isConnected()) {
        line = null;
      }
      return Replies.toSending(e);
    }
  }

  /** Says good-bye to the server. Does not throw, and may be called again. */
  @Override
  public void close() {
    if (line != null) {
      line.hangUp();
      line = null;
    }
  }
}
