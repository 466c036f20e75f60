package billing.sandbox;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * How a mail server misbehaves.
 *
 * @param rejected recipients that it refuses for good (550)
 * @param deferred recipients that it refuses for now (451)
 * @param deferral what it says to those
 * @param unanswered recipients whose mail it keeps and then hangs up, so that the answer is lost
 * @param refusing whether it ends every connection before its greeting
 * @param delay before every answer
 */
public record MailFaults(
    Predicate<String> rejected,
    Predicate<String> deferred,
    String deferral,
    Predicate<String> unanswered,
    boolean refusing,
    Duration delay) {

  public static final MailFaults NONE =
      new MailFaults(
          to -> false, to -> false, "451 4.3.0 try again later", to -> false, false, Duration.ZERO);

  public MailFaults rejecting(Predicate<String> recipients) {
    return new MailFaults(recipients, deferred, deferral, unanswered, refusing, delay);
  }

  public MailFaults deferring(Predicate<String> recipients) {
    return new MailFaults(rejected, recipients, deferral, unanswered, refusing, delay);
  }

  /** The same for everybody, in other words: {@code 554 5.7.1 relay access denied}. */
  public MailFaults refusingAll(String reply) {
    return new MailFaults(rejected, to -> true, reply, unanswered, refusing, delay);
  }

  public MailFaults losingTheAnswerTo(Predicate<String> recipients) {
    return new MailFaults(rejected, deferred, deferral, recipients, refusing, delay);
  }

  public MailFaults refusingConnections() {
    return new MailFaults(rejected, deferred, deferral, unanswered, true, delay);
  }

  public MailFaults slow(Duration before) {
    return new MailFaults(rejected, deferred, deferral, unanswered, refusing, before);
  }
}
