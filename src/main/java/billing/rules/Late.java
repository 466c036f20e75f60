package billing.rules;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Decision.Settle;
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
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.OrderRefused;
import billing.model.GatewayReply.Processing;
import billing.model.GatewayReply.Reversed;
import billing.model.GatewayReply.Undecided;
import billing.model.GatewayReply.Unknown;
import billing.model.Outcome;
import billing.model.Sends;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a look at all that the gateway has under the key of an attempt that has ended.
 * No approval is dropped: one settles it, any other is a difference.
 */
public final class Late {

  private final Attempt attempt;
  private final List<Difference> differences = new ArrayList<>();
  private final List<String> doors = new ArrayList<>();
  private @Nullable Settle settle;
  private boolean clear = true;
  private boolean givenBack;

  private Late(Attempt attempt) {
    this.attempt = attempt;
  }

  public static Late of(Attempt attempt, List<GatewayReply> all) {
    var late = new Late(attempt);
    all.forEach(late::add);
    return late;
  }

  /**
   * What is to be booked; empty where nothing is.
   *
   * @param found what was looked at, for the history
   */
  public Optional<Outcome> outcome(List<GatewayReply> found) {
    var words = Words.of(new Evidence.Found(found, Duration.ZERO, Instant.EPOCH));
    return Optional.ofNullable(settle)
        .map(approval -> new Outcome(attempt.key(), attempt.sendNo(), sends(), approval, words));
  }

  /** On record also where the app refuses the booking: what is approved is not sent once more. */
  Sends sends() {
    return attempt.sendNo() == 0
        ? attempt.sends()
        : AttemptRules.marked(attempt, Sends.Mark.APPROVED);
  }

  /** The approval that settles it; null where there is none. */
  @Nullable Settle settle() {
    return settle;
  }

  public List<Difference> differences() {
    return differences;
  }

  /** What is still open there and must be cancelled before anything else; null: nothing is. */
  @Nullable String door() {
    return doors.isEmpty() ? null : doors.getFirst();
  }

  /** Whether nothing would be left to come once that door is closed. */
  boolean isLastDoor() {
    return doors.size() == 1 && clear;
  }

  /** Whether nothing can come of it any more. */
  public boolean clear() {
    return clear && doors.isEmpty();
  }

  /** Whether it was charged, all of it went back, and nothing can come of it any more. */
  public boolean isGivenBack() {
    return givenBack && settle == null && clear();
  }

  private void add(GatewayReply reply) {
    switch (reply) {
      case Approved approved when isBooked(approved.transactionId()) -> {}
      case Approved(var id, var echo, var at)
          when AttemptRules.contradiction(attempt, echo) != null -> {
        differs(
            DifferenceKind.AMOUNT,
            id,
            "approved under %s, but not as it was asked: %s"
                .formatted(attempt.key(), AttemptRules.contradiction(attempt, echo)));
        clear = false;
      }
      case Approved approved when settle == null && attempt.state() != AttemptState.SETTLED ->
          settle = AttemptRules.settle(attempt, approved);
      case Approved(var id, var echo, var at) -> {
        differences.add(Difference.chargedTwice(id, echo.amount(), attempt));
        clear = false;
      }
      case Reversed reversed when isBooked(reversed.transactionId()) -> {}
      // It was charged; that some of it went back is the next comparison's to tell.
      case Reversed reversed when reversed.left().isPresent() -> add(reversed.left().get());
      case Reversed(var id, var echo, var extent, var how) -> {
        givenBack = true;
        differs(
            DifferenceKind.REVERSED,
            id,
            "charged under %s (%s) after it had ended, and %s since"
                .formatted(attempt.key(), of(echo), how));
      }
      case Processing p -> clear = false;
      case Undecided(var id, var echo, var held) -> doors.add(id);
      case Declined declined -> {
        if (declined.openDoor() != null) {
          doors.add(declined.openDoor());
        }
      }
      case Closed c -> {}
      case NotFound n -> {}
      case Duplicate d -> clear = false;
      case DuplicateOf d -> {}
      case Conflict c -> clear = false;
      case NotCharged n -> clear = false;
      case AccountRefused a -> clear = false;
      case OrderRefused o -> clear = false;
      case Unknown u -> clear = false;
    }
  }

  private boolean isBooked(String id) {
    return attempt.state() == AttemptState.SETTLED && id.equals(attempt.transactionId());
  }

  private void differs(DifferenceKind kind, String transactionId, String detail) {
    differences.add(new Difference(kind, transactionId, attempt.order().invoiceId(), detail));
  }

  private static String of(Echo echo) {
    return echo.amount() == null ? "of an amount that it does not tell" : echo.amount().toString();
  }
}
