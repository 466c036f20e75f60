package billing.gateway;

import billing.model.Attempt;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a gateway can be asked without asking it for money. A command that is given no more than
 * this cannot charge anybody. Safe for use by many threads at once.
 *
 * <p>No method throws on anything that a network or a gateway can do: whatever happened is a value.
 * None repeats a request by itself.
 */
public interface Inquiries {

  /** The kind as it stands in the settings: {@code stripe}, {@code nmi}. */
  String kind();

  /** Raised whenever the same order would be put into other bytes; frozen in each attempt. */
  int protocol();

  Timings timings();

  /** Whose account the key opens. */
  AccountReply account();

  /**
   * Everything that the gateway has under the attempt's key, one reply a transaction: never empty,
   * never NotCharged. A single {@code NotFound} where a complete answer has nothing, a single
   * {@code Unknown} or {@code AccountRefused} where the question itself failed.
   *
   * @param afterDuplicate where nothing is found under the key, look for the other transaction that
   *     the gateway took ours for, and answer {@code DuplicateOf} if it is there
   */
  List<GatewayReply> find(Attempt attempt, boolean afterDuplicate);

  /**
   * Cancels what could still become a charge. {@code Closed} when it surely can't any more, {@code
   * Approved} when it was charged first, {@code Unknown} where the answer was lost.
   */
  GatewayReply close(Attempt attempt, String transactionId);

  /**
   * One page of everything that the account has: every transaction made from {@code from} until
   * before {@code until}, ours or not, and, where the gateway tells of changes, older ones that
   * were changed since {@code from} (charged, captured, refunded, disputed). A page holds a bounded
   * number of them, perhaps none, and is told whole or is {@code Failed}.
   *
   * <p>A walk goes from page to page by the cursor, with the same times, in one pass: the pages
   * need not be in the order of time. A transaction that changes meanwhile is never missed, but may
   * be told twice; of two tellings the later one holds. What the gateway decides after a page was
   * read, the page cannot know, so whatever a row leads to is looked up by itself before it is
   * acted upon.
   *
   * @param cursor null for the first page, else the {@code next} of the page before
   * @throws IllegalArgumentException where the cursor was never handed out by this kind of gateway
   */
  Listing list(Instant from, Instant until, @Nullable String cursor);

  /** Whether the first page of a listing has what was made last: all that is new shows there. */
  boolean listsNewestFirst();

  /**
   * One transaction by the gateway's own id, as it is now, whatever key it bears: what a person
   * points at. {@code NotFound} where a complete answer has none of that id, {@code Unknown} or
   * {@code AccountRefused} where the question itself failed.
   *
   * @param currency of its amount, where the gateway tells none; null where nobody knows
   */
  GatewayReply look(String transactionId, @Nullable Currency currency);

  /** How far the gateway's clock was ahead of this host's in its latest reply; zero before. */
  Duration clockAhead();
}
