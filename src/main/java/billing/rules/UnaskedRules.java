package billing.rules;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.rules.Resolution.Refused;
import billing.rules.ResolveRules.Charged;
import billing.rules.ResolveRules.NotCharged;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a person may say alone, where the gateway refuses the account that is enrolled: it was
 * closed. Nobody looks after him, so no send may be under way any more, however it failed.
 */
public record UnaskedRules(Horizon horizon) {

  /** With which he says that he knows it. */
  public static final String OPTION = "--although-account-refused";

  /** Whether it is too early or too late to say that the attempt charged nothing. */
  public Optional<Resolution<NotCharged>> notChargedAlready(Attempt attempt, Instant now) {
    return ResolveRules.decidedAlready(attempt)
        .or(() -> approved(attempt))
        .or(() -> tooEarly(attempt, now));
  }

  private static <T> Optional<Resolution<T>> approved(Attempt attempt) {
    return attempt.sends().approved()
        ? Optional.of(
            new Refused<>(
                "an approval of %s is on record".formatted(attempt.key()),
                "billing resolve %s --settled TXN %s --because TEXT"
                    .formatted(attempt.key(), OPTION)))
        : Optional.empty();
  }

  /**
   * Whether it cannot be said, or not any more, that the attempt was charged.
   *
   * @param siblings the other attempts of its invoice, but for what a person released
   */
  public static Optional<Resolution<Charged>> chargedAlready(
      Attempt attempt, String transactionId, List<Attempt> siblings) {
    return FormerRules.chargedUnseen(attempt, transactionId)
        .or(() -> FormerRules.besides(transactionId, siblings));
  }

  /**
   * Whether it is too early to say that what does not fit about a charge may stay so.
   *
   * @param attempts all of its invoice
   * @param subject what the difference names: a charge key or a transaction
   * @param openedAt when the difference was opened, UTC
   */
  public Optional<Resolution<String>> acceptedAlready(
      List<Attempt> attempts, String subject, Instant openedAt, Instant now) {
    return attempts.stream()
        .flatMap(attempt -> notYet(attempt, now).stream())
        .findFirst()
        .or(() ->
            attempts.stream().anyMatch(attempt -> isAnswerable(attempt, subject))
                ? Optional.empty()
                : tooSoon(subject, openedAt.plus(horizon.longest()), now));
  }

  /** Whether it is about this attempt, which is looked at again once the account answers. */
  private static boolean isAnswerable(Attempt attempt, String subject) {
    return (subject.equals(attempt.key().value()) || subject.equals(attempt.transactionId()))
        && (attempt.state() == AttemptState.SETTLED || attempt.sends().unanswered().inDoubt());
  }

  /** No later run asks about it, so that there is to be time to find that the key was at fault. */
  private static Optional<Resolution<String>> tooSoon(String subject, Instant from, Instant now) {
    return now.isBefore(from)
        ? Optional.of(
            new Refused<>(
                "no attempt here that is asked about later has %s; it can be said from %s on"
                    .formatted(subject, from),
                "the same command then, once you have looked at the processor's own statement"))
        : Optional.empty();
  }

  private Optional<Resolution<String>> notYet(Attempt attempt, Instant now) {
    return switch (attempt.state()) {
      case SENT, REVIEW ->
          Optional.of(
              new Refused<>(
                  "%s of the same invoice is %s".formatted(attempt.key(), attempt.state()),
                  "the same command once that is decided"));
      case PENDING, DECLINED, CANCELLED ->
          UnaskedRules.<String>approved(attempt).or(() -> tooEarly(attempt, now));
      case SETTLED -> tooEarly(attempt, now);
    };
  }

  private <T> Optional<Resolution<T>> tooEarly(Attempt attempt, Instant now) {
    if (attempt.sendNo() == 0) {
      return Optional.empty();
    }
    var longest = AttemptRules.lastSent(attempt).plus(horizon.longest());
    var settling = attempt.settlingUntil();
    var from = settling != null && settling.isAfter(longest) ? settling : longest;
    return Resolution.tooEarly(
        attempt, from, now, "the gateway, where nobody can ask,", "the same command after that");
  }
}
