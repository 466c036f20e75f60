package billing.modelcheck;

/** What may happen beside the orderly course of things; a configuration says how often. */
enum Fault {
  /** A run dies, at any moment. */
  CRASH,
  /** A COMMIT's answer is lost and the run gives the database up: done or not, nobody tells. */
  COMMIT_LOST,
  /** A run waits no longer for a reply that is lost, or still to come. */
  REPLY_LOST,
  /** A run sleeps until the permit of a claim is over. */
  EXPIRED,
  /** The network holds a request a second longer than is declared; the card pays only once. */
  HELD,
  /** The connection is refused: no byte leaves. */
  NEVER_LEFT,
  /** The gateway refuses before processing. */
  THROTTLE,
  /** The gateway declines. */
  DECLINE,
  /** The gateway accepts and decides later. */
  PROCESSING,
  /** What was processing is declined in the end. */
  RETURNED,
  /** The gateway leaves the charge undecided, so that somebody could confirm it. */
  UNDECIDED,
  /** Somebody confirms it. */
  CONFIRMED,
  /** The gateway does not take the order. */
  ORDER_REFUSED,
  /** A lookup fails. */
  LOOKUP_FAILS,
  /** The advisory lock is gone and its run does not know. */
  LOCK_LOST,
  /** The database goes back to an earlier commit. */
  RESTORE,
  /** The customer pays by another way. */
  PAID_ELSEWHERE,
  /** The customer gives another card. */
  NEW_CARD,
  /** A person decides what waits for one. */
  RESOLVE,
  /** A person enrolls another gateway account. */
  ENROLL
}
