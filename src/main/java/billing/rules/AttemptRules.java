package billing.rules;

import billing.model.Attempt;
import billing.model.Decision;
import billing.model.Decision.Ask;
import billing.model.Decision.Cancel;
import billing.model.Decision.CloseDoor;
import billing.model.Decision.Decline;
import billing.model.Decision.No;
import billing.model.Decision.Repeat;
import billing.model.Decision.Review;
import billing.model.Decision.Settle;
import billing.model.Decision.Settling;
import billing.model.Difference;
import billing.model.DifferenceKind;
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
import billing.model.GatewayReply.NotCharged.Proof;
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
import org.jspecify.annotations.Nullable;

/**
 * What follows for an attempt that is SENT from what was learned about it: the one place where it
 * is decided whether money moved.
 *
 * <p>Evidence is per send, decisions are per attempt. Silence never sends, and a no is said only
 * when every send is accounted for.
 */
public final class AttemptRules {

  private final Timings timings;
  private final Horizon horizon;
  private final RetrySchedule retries;
  private final LookupRules lookups;

  public AttemptRules(Timings timings, Horizon horizon, RetrySchedule retries) {
    this.timings = timings;
    this.horizon = horizon;
    this.retries = retries;
    this.lookups = new LookupRules(timings, horizon, this);
  }

  /**
   * What follows from one piece of evidence.
   *
   * @param now the database's time
   * @param today the day of the run in the business's time zone
   */
  public Ruling decide(Attempt attempt, Evidence evidence, Instant now, LocalDate today) {
    return switch (evidence) {
      // A run that died after sending looks exactly like this, so silence never sends.
      case Evidence.Silence() -> new Ruling(attempt.sends(), ask("no answer on record", now));
      case Evidence.Answer(var reply) -> answered(attempt, reply, now, today);
      case Evidence.Found found -> lookups.decide(attempt, found, now, today);
      case Evidence.Closing(var reply, var then) -> closed(attempt, reply, then, now);
    };
  }

  /** When "not found" begins to count for this attempt. */
  private Instant horizonOf(Attempt attempt) {
    return horizonFrom(lastSent(attempt));
  }

  /** When "not found" begins to count for what was sent then or before. */
  public Instant horizonFrom(Instant sent) {
    return horizon.of(sent);
  }

  private Ruling answered(Attempt attempt, GatewayReply reply, Instant now, LocalDate today) {
    return switch (reply) {
      case Approved approved -> approved(attempt, approved);
      case Declined declined when contradiction(attempt, declined.echo()) != null ->
          contradicted(attempt, declined.echo(), null);
      // It tells of a charge from before we asked: invoice numbers come back after a restore.
      case Declined declined when isOlder(attempt, declined) ->
          ruling(attempt, Mark.UNANSWERED, ask("a decline from before the first send", now));
      // An earlier send of ours may have emptied the very account that now says no.
      case Declined declined when doubtBefore(attempt) ->
          ruling(attempt, Mark.DECLINED, ask("declined, but an earlier send is in doubt", now));
      case Declined declined -> ruling(attempt, Mark.DECLINED, decline(attempt, declined, today));
      case Processing processing when contradiction(attempt, processing.echo()) != null ->
          contradicted(attempt, processing.echo(), processing.transactionId());
      case Processing(var id, var echo, var deadline) ->
          ruling(attempt, Mark.PROCESSING, new Settling(id, deadline));
      case Undecided undecided when contradiction(attempt, undecided.echo()) != null ->
          contradicted(attempt, undecided.echo(), undecided.transactionId());
      case Undecided(var id, var echo, var held) when doubtBefore(attempt) ->
          ruling(attempt, Mark.UNANSWERED, ask("undecided, and an earlier send is in doubt", now));
      case Undecided(var id, var echo, var held) ->
          ruling(attempt, Mark.REFUSED, new CloseDoor(id, undecidedThere()));
      case Closed(var id) when doubtBefore(attempt) ->
          ruling(attempt, Mark.REFUSED, ask("cancelled there, an earlier send in doubt", now));
      case Closed(var id) -> ruling(attempt, Mark.REFUSED, undecidedThere());
      case Duplicate(var text) ->
          ruling(
              attempt,
              Mark.UNANSWERED,
              new Ask("taken for a duplicate: " + text, now.plus(timings.firstAsk()), true));
      case DuplicateOf(var id, var key) ->
          ruling(
              attempt,
              Mark.UNANSWERED,
              new Ask("taken for a duplicate of " + id, now.plus(timings.firstAsk()), true));
      case Reversed reversed -> reversed(attempt, reversed);
      // The key is used up with another order; a new key would be a second charge.
      case Conflict(var text) ->
          ruling(
              attempt,
              Mark.CONTRADICTED,
              new Review("the key is known there with another order: " + text, null));
      case NotCharged(var why, var proof) when proof != Proof.THROTTLED ->
          ruling(
              attempt,
              Mark.NEVER_LEFT,
              orReview(marked(attempt, Mark.NEVER_LEFT), repeat(attempt, why, now)));
      case NotCharged(var why, var proof) -> refused(attempt, repeat(attempt, why, now), now);
      case AccountRefused(var text) ->
          refused(attempt, new Repeat("account refused: " + text, null), now);
      case OrderRefused(var code, var text) ->
          refused(attempt, orderRefused(attempt, code, text), now);
      case NotFound() ->
          ruling(attempt, Mark.UNANSWERED, askSoon("nothing came back about the charge", now));
      case Unknown(var why, var stored, var heard) ->
          ruling(attempt, stored ? Mark.INDETERMINATE : Mark.UNANSWERED, askSoon(why, now));
    };
  }

  private Ruling approved(Attempt attempt, Approved approved) {
    var contradiction = contradiction(attempt, approved.echo());
    if (contradiction == null) {
      return ruling(attempt, Mark.APPROVED, settle(attempt, approved));
    }
    var what = "approved, but not as we asked: " + contradiction;
    // On record all the same: money was taken, whatever is found of it later.
    return new Contradiction(attempt, what, approved.echo(), approved.transactionId())
        .ruling(Mark.APPROVED);
  }

  private static Ruling reversed(Attempt attempt, Reversed reversed) {
    return reversal(attempt, reversed)
        .ruling(reversed.left().isPresent() ? Mark.APPROVED : Mark.CONTRADICTED);
  }

  static Contradiction reversal(Attempt attempt, Reversed reversed) {
    var what = "approved once, and " + reversed.how() + " since";
    return new Contradiction(attempt, what, reversed.echo(), reversed.transactionId());
  }

  /** Before processing, so nothing was charged by this send; whether by an earlier, is open. */
  private Ruling refused(Attempt attempt, No no, Instant now) {
    if (doubtBefore(attempt)) {
      return ruling(attempt, Mark.REFUSED, ask("refused, but an earlier send is in doubt", now));
    }
    return ruling(
        attempt,
        Mark.REFUSED,
        no instanceof Repeat repeat ? orReview(attempt.sends(), repeat) : no);
  }

  private Ruling closed(Attempt attempt, GatewayReply reply, No then, Instant now) {
    return switch (reply) {
      // Another send of ours may still arrive and open a door of its own.
      case Closed(var id) when attempt.sends().counted() > 1 && now.isBefore(horizonOf(attempt)) ->
          new Ruling(
              attempt.sends(),
              ask("cancelled there, another send may still arrive", horizonOf(attempt)));
      case Closed(var id) -> new Ruling(attempt.sends(), then);
      case Approved approved -> approved(attempt, approved);
      case Processing(var id, var echo, var deadline) ->
          new Ruling(attempt.sends(), new Settling(id, deadline));
      case Reversed reversed -> reversed(attempt, reversed);
      case Declined d -> notClosed(attempt, "declined: " + d.text(), now);
      case Undecided u -> notClosed(attempt, "still undecided there", now);
      case Duplicate d -> notClosed(attempt, d.text(), now);
      case DuplicateOf d -> notClosed(attempt, "duplicate of " + d.transactionId(), now);
      case Conflict(var text) -> notClosed(attempt, text, now);
      case NotCharged(var why, var proof) -> notClosed(attempt, why, now);
      case AccountRefused(var text) -> notClosed(attempt, text, now);
      case OrderRefused(var code, var text) -> notClosed(attempt, text, now);
      case NotFound n -> notClosed(attempt, "it was not found there", now);
      case Unknown(var why, var stored, var heard) -> notClosed(attempt, why, now);
    };
  }

  private Ruling notClosed(Attempt attempt, String why, Instant now) {
    return new Ruling(attempt.sends(), askSoon("could not be cancelled there: " + why, now));
  }

  Decision decline(Attempt attempt, Declined declined, LocalDate today) {
    var first = attempt.firstDeclinedOn() == null ? today : attempt.firstDeclinedOn();
    var next = declined.hard() ? null : retries.next(attempt.declinesBefore() + 1, first, today);
    var decline = new Decline(declined.code(), declined.text(), declined.hard(), first, next);
    return declined.openDoor() == null ? decline : new CloseDoor(declined.openDoor(), decline);
  }

  static Settle settle(Attempt attempt, Approved approved) {
    var taken = approved.echo().amount();
    return new Settle(approved.transactionId(), taken == null ? attempt.order().amount() : taken);
  }

  /** The repeat, or a person once the sends are used up. */
  static No orReview(Sends sends, Repeat repeat) {
    if (sends.counted() >= Limits.SENDS || sends.number() >= Limits.SENDS_WITH_PROOFS) {
      return new Review(
          sends.number() + " sends without an outcome, the last: " + repeat.why(), null);
    }
    return repeat;
  }

  static Cancel undecidedThere() {
    return new Cancel("cancelled at the gateway before it was decided", null);
  }

  private static Repeat repeat(Attempt attempt, String why, Instant now) {
    return new Repeat(why, now.plus(Limits.backOff(attempt.sends().number())));
  }

  private static Cancel orderRefused(Attempt attempt, String code, String text) {
    var why = "the gateway does not take this order (" + code + "): " + text;
    return new Cancel(
        why,
        new Difference(
            DifferenceKind.NOT_CHARGEABLE,
            attempt.order().invoiceId(),
            attempt.order().invoiceId(),
            why));
  }

  private static Ruling contradicted(
      Attempt attempt, @Nullable Echo echo, @Nullable String transactionId) {
    var what = contradiction(attempt, echo);
    return new Contradiction(attempt, what == null ? "contradiction" : what, echo, transactionId)
        .ruling(Mark.CONTRADICTED);
  }

  /** In words, what in the echo is not ours; null where all fits or nothing is told. */
  static @Nullable String contradiction(Attempt attempt, @Nullable Echo echo) {
    if (echo == null) {
      return null;
    }
    var found = echo.contradictions(attempt.order());
    return found.isEmpty() ? null : String.join(", ", found);
  }

  boolean isOlder(Attempt attempt, Declined declined) {
    var first = attempt.firstSentAt();
    return declined.at() != null
        && first != null
        && declined.at().isBefore(first.minus(timings.clockSkew()));
  }

  private static boolean doubtBefore(Attempt attempt) {
    return attempt.sends().doubtBefore(attempt.sendNo());
  }

  private static Ruling ruling(Attempt attempt, Mark mark, Decision decision) {
    return new Ruling(attempt.sends().with(attempt.sendNo(), mark), decision);
  }

  private static Ask ask(String why, Instant at) {
    return new Ask(why, at, false);
  }

  private Ask askSoon(String why, Instant now) {
    return ask(why, now.plus(timings.firstAsk()));
  }

  static Instant lastSent(Attempt attempt) {
    if (attempt.lastSentAt() == null) {
      throw new IllegalStateException(attempt.key() + " was never sent");
    }
    return attempt.lastSentAt();
  }

  static Sends marked(Attempt attempt, Mark mark) {
    return attempt.sends().with(attempt.sendNo(), mark);
  }
}
