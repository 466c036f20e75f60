package billing.run;

import billing.gateway.Inquiries;
import billing.model.Durations;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.WitnessRules.Verdict;
import billing.store.Command;
import billing.store.Cured;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a listing cures a database that went back: only one that begins so late that all that the
 * lost time sent shows in it. Then the fence is raised above every run that anybody remembers.
 */
final class Cure {

  private static final Logger LOG = LoggerFactory.getLogger(Cure.class);

  private final Tenure tenure;
  private final String version;

  /** Null: the database did not go back. */
  private final @Nullable Instant from;

  /** Whether the witness does not tell when the lost time sent last. */
  private final boolean blind;

  private final boolean mail;
  private @Nullable Cured done;
  private @Nullable String notDone;

  /**
   * What one reconciliation may cure.
   *
   * @param mail whether the letters of the restored outbox may go out
   * @param began when it began, under the lock, in the database's time
   */
  Cure(
      Tenure tenure,
      Footing footing,
      Inquiries gateway,
      ChargeSettings settings,
      String version,
      boolean mail,
      Instant began) {
    this.tenure = tenure;
    this.version = version;
    this.mail = mail;
    var horizon = settings.horizon(gateway.timings()).afterLastSend();
    from =
        footing.verdict() instanceof Verdict.WentBack ? footing.curableFrom(began, horizon) : null;
    notDone = from == null ? null : "no listing of the gateway was complete";
    blind = from != null && from.equals(began.plus(horizon));
  }

  /** From when on a listing is a cure, in the database's time; null: there is nothing to cure. */
  @Nullable Instant from() {
    return from;
  }

  /** Null: nothing was cured. */
  @Nullable Cured done() {
    return done;
  }

  /** Whether the database went back, and no listing has cured that yet. */
  boolean isOwed() {
    return from != null && done == null;
  }

  /** Why the last listing was no cure; null: it was, or none was needed. */
  @Nullable String notDone() {
    return notDone;
  }

  /**
   * Where nobody knows when the lost time sent last, a whole horizon is waited for; else an
   * operator is told when to come back.
   */
  void await(Supplier<Instant> clock, BlockingQueue<Event> events) throws InterruptedException {
    if (from == null || !blind) {
      return;
    }
    LOG.warn(
        "the database went back, and nobody knows when it was sent from last: this command waits"
            + " {} before it lists; it may be stopped",
        Durations.text(Duration.between(clock.get(), from)));
    while (clock.get().isBefore(from)) {
      var stopped =
          events.poll(Duration.between(clock.get(), from).toMillis() + 1, TimeUnit.MILLISECONDS);
      if (stopped != null) {
        events.add(stopped);
        return;
      }
    }
  }

  /**
   * By a listing after which nothing is left of which we do not know, if it is complete, late
   * enough and without a gap.
   *
   * @param gapless from when on it leaves no gap behind the last complete one
   */
  void by(ComparisonReport compared, Instant gapless, Night night) {
    if (from == null) {
      return;
    }
    if (compared.from().isAfter(gapless)) {
      // Where the same command does not help however often, the code is that of what still refuses.
      not(
          Finding.WENT_BACK,
          "it was listed since %s only, and the last complete listing leaves open what was made from"
                  .formatted(compared.from().truncatedTo(ChronoUnit.SECONDS))
              + " %s on: billing reconcile without --since, or with one that is earlier than that"
                  .formatted(gapless.truncatedTo(ChronoUnit.SECONDS)),
          night);
      return;
    }
    if (compared.until().isBefore(from)) {
      not(
          Finding.LISTED_TOO_EARLY,
          "what the database forgot may not show at the gateway before %s UTC"
              .formatted(from.truncatedTo(ChronoUnit.SECONDS)),
          night);
      return;
    }
    if (!compared.complete()) {
      not(Finding.DOUBTS, "the gateway did not tell of everything that was booked here", night);
      return;
    }
    done = tenure.seal(Command.RECONCILE, version, mail);
    notDone = null;
    if (done.heldLetters() > 0) {
      night.found(Finding.PERSON_NEEDED);
    }
  }

  private void not(Finding finding, String why, Night night) {
    notDone = why;
    night.trouble(finding, "the database went back, and is not cured: " + why);
  }
}
