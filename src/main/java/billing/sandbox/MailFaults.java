package billing.sandbox;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * How a mail server misbehaves.
 *
 * @param rejected recipients that it refuses for good (550)
 * @param deferred recipients that it refuses for now (451)
 * @param unanswered recipients whose mail it keeps and then hangs up, so that the answer is lost
 * @param refusing whether it ends every connection before its greeting
 * @param delay before every answer
 */
public record MailFaults(
    Predicate<String> rejected,
    Predicate<String> deferred,
    Predicate<String> unanswered,
    boolean refusing,
    Duration delay) {

  public static final MailFaults NONE =
      new MailFaults(to -> false, to -> false, to -> false, false, Duration.ZERO);

  public MailFaults rejecting(Predicate<String> recipients) {
    return new MailFaults(recipients, deferred, unanswered, refusing, delay);
  }

  public MailFaults deferring(Predicate<String> recipients) {
    return new MailFaults(rejected, recipients, unanswered, refusing, delay);
  }

  public MailFaults losingTheAnswerTo(Predicate<String> recipients) {
    return new MailFaults(rejected, deferred, recipients, refusing, delay);
  }

  public MailFaults refusingConnections() {
    return new MailFaults(rejected, deferred, unanswered, true, delay);
  }

  public MailFaults slow(Duration before) {
    return new MailFaults(rejected, deferred, unanswered, refusing, before);
  }
}
