package billing.rules;

import billing.model.Attempt;
import billing.model.Decision;
import billing.model.Decision.Ask;
import billing.model.Decision.CloseDoor;
import billing.model.Decision.Repeat;
import billing.model.Decision.Review;
import billing.model.Decision.Settling;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Closed;
import billing.model.GatewayReply.Conflict;
import billing.model.GatewayReply.Declined;
import billing.model.GatewayReply.Duplicate;
import billing.model.GatewayReply.DuplicateOf;
import billing.model.GatewayReply.NotCharged;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Processing;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Undecided;
import billing.model.GatewayReply.Unknown;
import billing.model.Sends;
import billing.model.Sends.Mark;
import billing.model.Timings;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a look at everything that the gateway has under a key.
 *
 * <p>Any approved one settles, two call a person, any open one waits; else it was declined, and
 * only where there is nothing at all, long enough after the last send, may it be sent again. How
 * long that is, is counted to the question: the answer may have been a long time on its way.
 */
final class LookupRules {

  private final Timings timings;
  private final Horizon horizon;
  private final AttemptRules rules;

  LookupRules(Timings timings, Horizon horizon, AttemptRules rules) {
    this.timings = timings;
    this.horizon = horizon;
    this.rules = rules;
  }

  Ruling decide(Attempt attempt, Evidence.Found found, Instant now, LocalDate today) {
    var sorted = Sorted.of(found.all(), attempt, rules);
    if (sorted.failure != null) {
      return new Ruling(attempt.sends(), new Ask(sorted.failure, later(now), false));
    }
    if (sorted.contradiction != null) {
      return new Ruling(sorted.marked(attempt), sorted.contradiction.review());
    }
    if (sorted.approved.size() > 1) {
      return new Ruling(
          sorted.marked(attempt),
          new Review("approved more than once: " + sorted.approvedIds(), null));
    }
    if (sorted.approved.size() == 1) {
      return new Ruling(
          AttemptRules.marked(attempt, Mark.APPROVED),
          AttemptRules.settle(attempt, sorted.approved.getFirst()));
    }
    if (attempt.sends().approved()) {
      return approvedBefore(attempt, found);
    }
    if (sorted.processing != null) {
      return processing(attempt, sorted.processing, found.askedAt());
    }
    if (sorted.undecided != null) {
      return new Ruling(
          attempt.sends(),
          new CloseDoor(sorted.undecided.transactionId(), AttemptRules.undecidedThere()));
    }
    if (!sorted.ended.isEmpty()) {
      return ended(attempt, sorted.ended, found, now, today);
    }
    return nothing(attempt, sorted.duplicateOf, found, now);
  }

  /**
   * An approval that we heard is not undone by an answer that does not show it: it stays on record,
   * so that nobody takes the attempt for one that charged nothing.
   */
  private Ruling approvedBefore(Attempt attempt, Evidence.Found found) {
    var ends = horizon.of(AttemptRules.lastSent(attempt));
    return found.askedAt().isBefore(ends)
        ? new Ruling(attempt.sends(), new Ask("approved, and not shown yet", ends, false))
        : new Ruling(
            attempt.sends(),
            new Review("approved once, and the gateway does not show it", attempt.transactionId()));
  }

  private Ruling processing(Attempt attempt, Processing processing, Instant asked) {
    var deadline = earlier(attempt.settlingUntil(), processing.deadline());
    if (deadline.isBefore(asked)) {
      return contradicted(
          attempt, "not decided by the rail's deadline", processing.transactionId());
    }
    return new Ruling(
        AttemptRules.marked(attempt, Mark.PROCESSING),
        new Settling(processing.transactionId(), deadline));
  }

  /**
   * Declined or cancelled there; a send without a transaction of its own may still arrive. A send
   * that was refused may be filed there too, and so accounts for no other.
   */
  private Ruling ended(
      Attempt attempt,
      List<GatewayReply> ended,
      Evidence.Found found,
      Instant now,
      LocalDate today) {
    var accounted = ended.size() >= attempt.sends().counted();
    var absence =
        accounted ? null : absence(attempt, found, "a send without a transaction yet", now);
    if (absence != null) {
      return absence;
    }
    var sends = accounted ? allDecided(attempt.sends()) : attempt.sends();
    var declined =
        ended.stream().filter(Declined.class::isInstance).map(Declined.class::cast).findFirst();
    return new Ruling(
        sends,
        declined
            .<Decision>map(d -> rules.decline(attempt, d, today))
            .orElse(AttemptRules.undecidedThere()));
  }

  private Ruling nothing(
      Attempt attempt, @Nullable DuplicateOf twin, Evidence.Found found, Instant now) {
    if (attempt.transactionId() != null) {
      return contradicted(
          attempt, "the gateway had accepted it and does not know it now", attempt.transactionId());
    }
    if (twin != null
        && !attempt.sends().indeterminate()
        && !attempt.sends().doubtBefore(attempt.sendNo())) {
      return new Ruling(
          AttemptRules.marked(attempt, Mark.REFUSED),
          AttemptRules.orReview(
              attempt.sends(),
              new Repeat(
                  "refused as a duplicate of "
                      + twin.transactionId()
                      + " ("
                      + twin.otherKey()
                      + ")",
                  now.plus(timings.duplicateWindow()))));
    }
    var absence = absence(attempt, found, "not found there yet", now);
    return absence != null
        ? absence
        : new Ruling(
            attempt.sends(),
            AttemptRules.orReview(attempt.sends(), new Repeat("not found past the horizon", null)));
  }

  /** Why it does not count that something was not there when we asked; null where it counts. */
  private @Nullable Ruling absence(Attempt attempt, Evidence.Found found, String why, Instant now) {
    var last = AttemptRules.lastSent(attempt);
    if (attempt.sends().indeterminate()) {
      var until = horizon.ofIndeterminate(last);
      return found.askedAt().isBefore(until)
          ? new Ruling(attempt.sends(), new Ask("a stored failure may yet resolve", until, false))
          : new Ruling(
              attempt.sends(),
              new Review("a failure that the gateway stored, and no charge a day on", null));
    }
    var ends = horizon.of(last);
    if (found.askedAt().isBefore(ends)) {
      return new Ruling(attempt.sends(), new Ask(why, ends, false));
    }
    if (found.clocksApart().compareTo(Limits.CLOCKS_APART) > 0) {
      var apart = "not found, but the clocks are " + found.clocksApart().toSeconds() + " s apart";
      return new Ruling(attempt.sends(), new Ask(apart, later(now), false));
    }
    return null;
  }

  private Instant later(Instant now) {
    return now.plus(timings.firstAsk().multipliedBy(2));
  }

  private static Ruling contradicted(Attempt attempt, String why, @Nullable String transaction) {
    return new Ruling(
        AttemptRules.marked(attempt, Mark.CONTRADICTED), new Review(why, transaction));
  }

  private static Sends allDecided(Sends sends) {
    return new Sends(sends.letters().replace('?', 'd').replace('!', 'd').replace('p', 'd'));
  }

  private static Instant earlier(@Nullable Instant one, Instant other) {
    return one != null && one.isBefore(other) ? one : other;
  }

  /** A lookup's replies by what they mean for the attempt. */
  private static final class Sorted {
    private final List<Approved> approved = new ArrayList<>();
    private final List<GatewayReply> ended = new ArrayList<>();
    private @Nullable Processing processing;
    private @Nullable Undecided undecided;
    private @Nullable DuplicateOf duplicateOf;
    private @Nullable String failure;
    private @Nullable Contradiction contradiction;
    private boolean ours;
    private boolean taken;

    static Sorted of(List<GatewayReply> all, Attempt attempt, AttemptRules rules) {
      var sorted = new Sorted();
      all.forEach(reply -> sorted.add(reply, attempt, rules));
      return sorted;
    }

    private void add(GatewayReply reply, Attempt attempt, AttemptRules rules) {
      switch (reply) {
        case Approved a -> {
          contradicts(attempt, a.echo(), a.transactionId());
          approved.add(a);
          taken(attempt, a);
        }
        case Reversed r -> {
          contradicts(AttemptRules.reversal(attempt, r));
          r.left().ifPresent(left -> taken(attempt, left));
        }
        case Processing p -> {
          contradicts(attempt, p.echo(), p.transactionId());
          processing = p;
        }
        case Undecided u -> {
          contradicts(attempt, u.echo(), u.transactionId());
          undecided = u;
        }
        case Declined d -> {
          contradicts(attempt, d.echo(), d.openDoor());
          if (!rules.isOlder(attempt, d)) {
            ended.add(d);
          }
        }
        case Closed c -> ended.add(c);
        case DuplicateOf d -> duplicateOf = d;
        case NotFound() -> {}
        case Duplicate(var text) -> failure = text;
        case Conflict(var text) -> failure = text;
        case NotCharged(var why, var proof) -> failure = why;
        case AccountRefused(var text) -> failure = "the gateway refused the question: " + text;
        case OrderRefused(var code, var text) -> failure = text;
        case Unknown(var why, var stored, var heard) ->
            failure = heard ? why : "no answer to the question: " + why;
      }
    }

    private void taken(Attempt attempt, Approved approved) {
      taken |= approved.echo().bears(attempt.key());
    }

    private void contradicts(Attempt attempt, @Nullable Echo echo, @Nullable String transactionId) {
      var what = AttemptRules.contradiction(attempt, echo);
      if (what != null) {
        contradicts(new Contradiction(attempt, what, echo, transactionId));
      }
    }

    private void contradicts(Contradiction found) {
      contradiction = found;
      ours |= !found.isAnothers();
    }

    /** What was taken is on record, and stays so, though no one can say what it was taken for. */
    private Sends marked(Attempt attempt) {
      if (!taken && !ours) {
        return attempt.sends();
      }
      return AttemptRules.marked(attempt, taken ? Mark.APPROVED : Mark.CONTRADICTED)
          .keeping(attempt.sends());
    }

    private String approvedIds() {
      return String.join(
          ", ", approved.stream().map(Approved::transactionId).filter(Objects::nonNull).toList());
    }
  }
}
