package billing.mail;

import billing.mail.Delivery.Later;
import billing.mail.Delivery.Sent;
import billing.mail.Delivery.ServerDown;
import billing.mail.Delivery.Undeliverable;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/**
 * What a mail server's refusal means. RFC 5321 §4.2.1: 4yz may be tried again, 5yz not. Some 5yz
 * are not about the letter, though, and a customer must not go without mail because of a setting.
 */
final class Replies {

  private static final int WORDS = 300;

  /** Login or TLS wanted first (RFC 4954 §6, RFC 3207 §4). */
  private static final Pattern LOGIN_FIRST = Pattern.compile("53[0458]\\b.*");

  /** Security or policy (RFC 3463 §3.8): relaying, spam, DMARC. A person can mend that. */
  private static final Pattern POLICY = Pattern.compile("5\\d\\d[ -]5\\.7\\.\\d.*");

  private Replies() {}

  /** What a failed try to connect and log in means for the whole round. */
  static ServerDown toConnecting(MessagingException e) {
    return e instanceof AuthenticationFailedException
        ? new ServerDown("the mail server refuses our login: " + words(e))
        : new ServerDown(words(e));
  }

  /** What a failed send means for its letter. */
  static Delivery toSending(MessagingException e) {
    for (Exception at = e; at != null; ) {
      if (at instanceof SMTPAddressFailedException refused) {
        return toRecipient(refused.getReturnCode(), words(refused));
      }
      if (at instanceof SMTPSendFailedException refused) {
        return toCommand(refused.getCommand(), refused.getReturnCode(), words(refused));
      }
      at = at instanceof MessagingException chained ? chained.getNextException() : null;
    }
    return new Later("connection lost: " + words(e));
  }

  /**
   * Whether it is about us and not about this letter: a policy, or a sender that is not taken now.
   */
  static boolean isAboutUs(MessagingException e) {
    for (Exception at = e; at != null; ) {
      if (at instanceof SMTPAddressFailedException refused) {
        return POLICY.matcher(words(refused)).matches();
      }
      if (at instanceof SMTPSendFailedException refused) {
        return POLICY.matcher(words(refused)).matches()
            || (refused.getCommand().startsWith("MAIL") && refused.getReturnCode() >= 400);
      }
      at = at instanceof MessagingException chained ? chained.getNextException() : null;
    }
    return false;
  }

  private static Delivery toRecipient(int code, String words) {
    if (LOGIN_FIRST.matcher(words).matches()) {
      return new ServerDown(words);
    }
    // 503: our commands came out of order; 552: an old way of saying 452 (RFC 5321 §4.5.3.1.10)
    if (code == 503 || code == 552) {
      return new Later(words);
    }
    return toLetter(code, words);
  }

  private static Delivery toCommand(String command, int code, String words) {
    if (command.startsWith("MAIL") && code >= 500) {
      return new ServerDown("the mail server refuses our sender: " + words);
    }
    if (command.equals(".") && code >= 200 && code < 300) {
      return new Sent(); // the library insists on 250
    }
    return toLetter(code, words);
  }

  private static Delivery toLetter(int code, String words) {
    if (code < 0) {
      return new Later("connection lost: " + words);
    }
    return code >= 500 && !POLICY.matcher(words).matches()
        ? new Undeliverable(words)
        : new Later(words);
  }

  /** The server's words, or the library's and those of the cause that it wraps. */
  private static String words(MessagingException e) {
    var message = String.valueOf(e.getMessage());
    var cause = e.getCause();
    if (cause != null && cause.getMessage() != null && !message.contains(cause.getMessage())) {
      message = message + ": " + cause.getMessage();
    }
    return OneLine.of(message, WORDS);
  }
}
