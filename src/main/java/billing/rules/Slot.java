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
 * @param older whether an earlier run sent it last
 */
record Slot(
    Attempt attempt,
    Doing doing,
    @Nullable Instant at,
    boolean afterDuplicate,
    boolean late,
    boolean older) {

  enum Doing {
    SENDING,
    ASKING,
    CLOSING,
    /** In doubt, until it is asked about. */
    WAITING,
    /** Decided; the decision is being written. */
    DECIDED
  }

  static Slot sending(Attempt attempt) {
    return new Slot(attempt, Doing.SENDING, null, false, false, false);
  }

  static Slot recovered(Attempt attempt) {
    return new Slot(attempt, Doing.WAITING, null, false, false, true);
  }

  static Slot late(Attempt sibling, Instant at) {
    return new Slot(sibling, Doing.WAITING, at, false, true, true);
  }

  Slot waiting(Attempt known, Instant until, boolean duplicate) {
    return new Slot(known, Doing.WAITING, until, duplicate, late, older);
  }

  Slot closing(Attempt known) {
    return new Slot(known, Doing.CLOSING, null, false, late, older);
  }

  Slot now(Doing next) {
    return new Slot(attempt, next, null, afterDuplicate, late, older);
  }

  boolean isDue(Instant now) {
    return doing == Doing.WAITING && at != null && !at.isAfter(now);
  }
}
