package billing.run;

import billing.gateway.Inquiries;
import billing.model.Durations;
import billing.model.Fence;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.WitnessRules.Verdict;
import billing.store.Command;
import billing.store.Cured;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.BlockingQueue;
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

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final Tenure tenure;
  private final String version;

  private final boolean mail;

  /** Whether the witness refuses all runs until then. */
  private final boolean witnessed;

  private final @Nullable Instant lastSend;

  /** When what this command begins with shows whole in a listing, whoever sent it. */
  private final Instant allShows;

  /** Whether nobody tells when the lost time sent last. */
  private boolean blind;

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
    allShows = began.plus(horizon);
    lastSend = footing.lastSend();
    witnessed = footing.verdict() instanceof Verdict.WentBack;
    curing = witnessed ? owed(footing.curableFrom(began, horizon)) : new Curing.NotNeeded();
    blind = curing instanceof Curing.Owed owed && owed.from().equals(allShows);
  }

  private static Curing.Owed owed(Instant from) {
    return new Curing.Owed(from, "no listing of the gateway was complete");
  }

  /**
   * The gateway has a charge that the database forgot. Where no witness told of that, it says
   * nothing of those that do not show yet. So it is not adopted before they do: as long as it is
   * not, no run sends, whatever becomes of this command.
   *
   * @return whether what a listing shows is to wait for a later one
   */
  boolean isTooEarly(Instant listed) {
    if (curing instanceof Curing.NotNeeded) {
      curing = owed(allShows);
      blind = true;
    }
    return blind && listed.isBefore(allShows);
  }

  boolean isWitnessed() {
    return witnessed;
  }

  /** The last one that the witness knows of; null: there is no witness. */
  @Nullable Instant lastSend() {
    return lastSend;
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
    if (!blind || !(curing instanceof Curing.Owed owed)) {
      return;
    }
    var from = owed.from();
    LOG.warn(
        "the database went back, and nobody knows when it was sent from last: this command waits"
            + " {} until the gateway shows all of it; it may be stopped",
        Durations.text(Duration.between(clock.get(), from)));
    while (clock.get().isBefore(from) && Reconcile.ended(events) == null) {
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /** One more listing, which may turn out not to be the last. */
  void saw(ComparisonReport compared) {
    if (compared.complete() && curing instanceof Curing.Owed owed) {
      curing =
          new Curing.Owed(
              owed.from(),
              "a listing was complete, but this command ended before it was clear that nothing more"
                  + " is forgotten");
    }
  }

  /** The command ended before any listing was the last. */
  void unjudged(Night night) {
    if (curing instanceof Curing.Owed owed) {
      night.trouble(notCured(owed.why()));
    }
  }

  /**
   * By a listing after which nothing is left of which we do not know, if it is complete, late
   * enough and without a gap.
   *
   * @param gap what it left out of sight, and the command that does not; null: nothing
   * @param fence of this command, which stands above every run that no witness tells of
   */
  void by(ComparisonReport compared, Reckoning.@Nullable Gap gap, Fence fence, Night night) {
    if (!(curing instanceof Curing.Owed owed)) {
      return;
    }
    var from = owed.from();
    if (gap != null) {
      // Where the same command does not help however often, the code is that of what still refuses.
      not(Finding.WENT_BACK, new Curing.Owed(from, gap.why(), gap.next()), night);
      return;
    }
    if (compared.until().isBefore(from)) {
      var why =
          "what the database forgot may not show at the gateway before %s UTC"
              .formatted(from.truncatedTo(ChronoUnit.SECONDS));
      not(Finding.LISTED_TOO_EARLY, new Curing.Owed(from, why), night);
      return;
    }
    if (!compared.complete()) {
      var why = "the gateway did not tell of everything that was booked here";
      not(Finding.DOUBTS, new Curing.Owed(from, why), night);
      return;
    }
    // What no witness refuses has been held with the first adoption.
    var left = witnessed ? tenure.seal(Command.RECONCILE, version, mail) : new Cured(fence, 0);
    curing = new Curing.Done(left);
    if (left.heldLetters() > 0) {
      night.found(Finding.PERSON_NEEDED);
    }
  }

  private void not(Finding finding, Curing.Owed owed, Night night) {
    curing = owed;
    night.trouble(finding, notCured(owed.why()));
  }

  private static String notCured(String why) {
    return "the database went back, and is not cured: " + why;
  }
}
