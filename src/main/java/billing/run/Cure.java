package billing.run;

import billing.gateway.Inquiries;
import billing.model.Durations;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.WitnessRules.Verdict;
import billing.store.Command;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

  /** Whether the witness does not tell when the lost time sent last. */
  private final boolean blind;

  private final boolean mail;
  private Curing curing;

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
    curing =
        footing.verdict() instanceof Verdict.WentBack
            ? new Curing.Owed(
                footing.curableFrom(began, horizon), "no listing of the gateway was complete")
            : new Curing.NotNeeded();
    blind = curing instanceof Curing.Owed(var from, var why) && from.equals(began.plus(horizon));
  }

  /** How it stands. */
  Curing curing() {
    return curing;
  }

  /**
   * Where nobody knows when the lost time sent last, a whole horizon is waited for; else an
   * operator is told when to come back.
   */
  void await(Supplier<Instant> clock, BlockingQueue<Event> events) throws InterruptedException {
    if (!blind || !(curing instanceof Curing.Owed(var from, var why))) {
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
    if (!(curing instanceof Curing.Owed(var from, var before))) {
      return;
    }
    if (compared.from().isAfter(gapless)) {
      // Where the same command does not help however often, the code is that of what still refuses.
      not(
          from,
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
          from,
          Finding.LISTED_TOO_EARLY,
          "what the database forgot may not show at the gateway before %s UTC"
              .formatted(from.truncatedTo(ChronoUnit.SECONDS)),
          night);
      return;
    }
    if (!compared.complete()) {
      not(
          from,
          Finding.DOUBTS,
          "the gateway did not tell of everything that was booked here",
          night);
      return;
    }
    var left = tenure.seal(Command.RECONCILE, version, mail);
    curing = new Curing.Done(left);
    if (left.heldLetters() > 0) {
      night.found(Finding.PERSON_NEEDED);
    }
  }

  private void not(Instant from, Finding finding, String why, Night night) {
    curing = new Curing.Owed(from, why);
    night.trouble(finding, "the database went back, and is not cured: " + why);
  }
}
