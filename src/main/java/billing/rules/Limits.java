package billing.rules;

import java.time.Duration;

/** Every number of policy that is not a setting and not a gateway's own. */
public final class Limits {

  /** Sends of one attempt that may have reached the gateway, before a person is called. */
  public static final int SENDS = 5;

  /** Letters of evidence that an attempt has room for, proofs included. */
  public static final int SENDS_WITH_PROOFS = 60;

  /** Sends in a row, over the whole run, that provably never left: the gateway is out of reach. */
  public static final int PROOFS_IN_A_ROW = 5;

  /** Orders in a row that the gateway does not take: then it is our account or our mapping. */
  public static final int ORDER_REFUSALS_IN_A_ROW = 5;

  /** Times in a row that the whole run held back because the gateway throttled it. */
  public static final int THROTTLES_IN_A_ROW = 6;

  /** Outcomes of a run before the share of declines says anything. */
  public static final int OUTCOMES_BEFORE_DECLINES_COUNT = 20;

  /** Clocks further apart than this: absence proves nothing tonight. */
  public static final Duration CLOCKS_APART = Duration.ofSeconds(30);

  /** An approval of that long ago is in every lookup of the account that has it. */
  public static final Duration SURELY_LISTED = Duration.ofDays(1);

  /** Such approvals that are asked about until one of them shows whose the account is. */
  public static final int PINNED = 4;

  /** A window full of questions is given so long for an answer, however short recovery.wait is. */
  public static final Duration SHORTEST_SILENCE = Duration.ofSeconds(5);

  /** The most that a batch of claims, bookings or noes holds. */
  public static final int BATCH = 64;

  /** Invoices in one page of what is due, attempts in one page of what is in doubt. */
  public static final int PAGE = 500;

  /** Times that one page of a listing is asked for before the comparison is given up. */
  public static final int LISTING_TRIES = 3;

  /** Pages of the second look at a listing that begins with what is old. */
  public static final int GLANCE_PAGES = 20;

  /** The longest time that an invoice has before it is due. */
  public static final int PAYMENT_TERM_DAYS = 92;

  /**
   * How long an authorization of somebody else's may still be captured: card networks let the
   * longest stand for 30 days, and NMI ends none by itself. A day more, for the clocks of others.
   */
  public static final Duration AUTHORIZATION = Duration.ofDays(31);

  /** Charges of others that are held against what is due in one pass over it. */
  public static final int CHARGES_ELSEWHERE = 10_000;

  /** Settled attempts that the listing did not show and that one comparison looks up by key. */
  public static final int UNSEEN = 500;

  /** Questions about single charges, unanswered one after the other, before no more are asked. */
  public static final int UNANSWERED_IN_A_ROW = 5;

  /** Times that reconcile lists once more, since each forgotten try follows the one before. */
  public static final int ROUNDS = 12;

  /**
   * How long a send that never left waits before the next try: doubled each time, up to a limit.
   */
  public static Duration backOff(int strikes) {
    return Duration.ofSeconds(Math.min(60, 1L << Math.min(strikes, 6)));
  }

  private Limits() {}
}
