package billing.rules;

import billing.model.Attempt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a run and what is under way for it.
 *
 * @param at when it is asked about, while it waits
 * @param afterDuplicate whether the question is which other charge ours was taken for
 * @param late whether it ended long ago, and is only looked up before a sibling's claim
 */
record Slot(
    Attempt attempt, Doing doing, @Nullable Instant at, boolean afterDuplicate, boolean late) {

  enum Doing {
    SENDING,
    ASKING,
    CLOSING,
    /** In doubt, until it is asked about. */
    WAITING,
    /** Decided; the decision is being written. */
    DECIDED
  }

  static Slot of(Attempt attempt, Doing doing) {
    return new Slot(attempt, doing, null, false, false);
  }

  static Slot waiting(Attempt attempt, Instant at, boolean afterDuplicate) {
    return new Slot(attempt, Doing.WAITING, at, afterDuplicate, false);
  }

  static Slot late(Attempt sibling, Instant at) {
    return new Slot(sibling, Doing.WAITING, at, false, true);
  }

  Slot now(Doing next) {
    return new Slot(attempt, next, null, afterDuplicate, late);
  }

  boolean isDue(Instant now) {
    return doing == Doing.WAITING && at != null && !at.isAfter(now);
  }
}
