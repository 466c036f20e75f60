package billing.mail;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.SocketException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepliesTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # command | the server's reply                              | what it means
          MAIL | 421 4.3.2 shutting down                              | Later
          MAIL | 451 4.3.0 no room                                    | Later
          MAIL | 530 5.7.0 authentication required                    | ServerDown
          MAIL | 550 5.7.1 sender not allowed                         | ServerDown
          RCPT | 421 4.3.2 shutting down                              | Later
          RCPT | 450 4.2.1 mailbox busy                               | Later
          RCPT | 450 4.7.1 greylisted                                 | Later
          RCPT | 501 5.1.3 bad address                                | Undeliverable
          RCPT | 503 5.5.1 MAIL first                                 | Later
          RCPT | 530 5.7.0 must issue STARTTLS                        | ServerDown
          RCPT | 550 no such user                                     | Undeliverable
          RCPT | 550 5.1.1 no such user                               | Undeliverable
          RCPT | 552 too many recipients                              | Later
          RCPT | 554 5.7.1 relay access denied                        | Later
          RCPT | 556 5.1.10 null MX                                   | Undeliverable
          DATA | 451 4.3.0 no room                                    | Later
          DATA | 554 no valid recipients                              | Undeliverable
          .    | 250 2.0.0 taken                                      | Sent
          .    | 452 4.3.1 no room                                    | Later
          .    | 552 5.3.4 too big                                    | Undeliverable
          .    | 550 5.7.1 looks like spam                            | Later
          """,
      delimiter = '|')
  void aReplyMeans(String command, String reply, String meaning) throws AddressException {
    var code = Integer.parseInt(reply.substring(0, 3));
    var delivery = Replies.toSending(exception(command, code, reply));
    assertThat(delivery.getClass().getSimpleName()).isEqualTo(meaning);
  }

  @ParameterizedTest
  @CsvSource({"MAIL,-1", "RCPT,-1", "DATA,-1", ".,-1"})
  void anEndOfTheConnectionIsForLater(String command, int code) throws AddressException {
    assertThat(Replies.toSending(exception(command, code, "[EOF]")))
        .isEqualTo(new Delivery.Later("connection lost: [EOF]"));
    assertThat(Replies.toSending(new MessagingException("no reply", new SocketException("reset"))))
        .isEqualTo(new Delivery.Later("connection lost: no reply: reset"));
  }

  /** As the library throws it. */
  private static MessagingException exception(String command, int code, String reply)
      throws AddressException {
    if (command.equals("RCPT")) {
      var address = new InternetAddress("a@example.com");
      var refused = new SMTPAddressFailedException(address, "RCPT TO:<a@example.com>", code, reply);
      return new SendFailedException("Invalid Addresses", refused);
    }
    return new SMTPSendFailedException(command, code, reply, null, null, null, null);
  }
}
