package billing.run;

import billing.gateway.Inquiries;
import billing.gateway.Listing;
import billing.model.Listed;
import billing.rules.Finding;
import billing.rules.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes through the pages of the gateway's listing, one at a time, and keeps none of them. */
final class ListingWalk {

  private static final Logger LOG = LoggerFactory.getLogger(ListingWalk.class);

  /** How a walk ended. */
  sealed interface Ending {

    /** Every page that was wanted was handed over. */
    record Whole(long transactions, int pages) implements Ending {}

    /** Some were not: what was not seen may be there all the same. */
    record Cut(Finding finding, String why) implements Ending {}
  }

  private final Inquiries gateway;
  private final Pace pace;
  private final Duration betweenTries;
  private final Supplier<@Nullable Finding> stopped;

  /**
   * A way through one gateway's listing.
   *
   * @param stopped what ends the command from outside, asked between pages; null: nothing yet
   */
  ListingWalk(
      Inquiries gateway, Pace pace, Duration betweenTries, Supplier<@Nullable Finding> stopped) {
    this.gateway = gateway;
    this.pace = pace;
    this.betweenTries = betweenTries;
    this.stopped = stopped;
  }

  /** The whole period. */
  Ending walk(Instant from, Instant until, Consumer<List<Listed>> each)
      throws InterruptedException {
    return pages(from, until, Integer.MAX_VALUE, each);
  }

  /** What is new: the first page, if that has it, or else all of a few. */
  Ending glance(Instant from, Instant until, Consumer<List<Listed>> each)
      throws InterruptedException {
    return pages(from, until, gateway.listsNewestFirst() ? 1 : Limits.GLANCE_PAGES, each);
  }

  private Ending pages(Instant from, Instant until, int most, Consumer<List<Listed>> each)
      throws InterruptedException {
    long transactions = 0;
    @Nullable String cursor = null;
    for (int pages = 1; ; pages++) {
      var stop = stopped.get();
      if (stop != null) {
        return new Ending.Cut(stop, stop.text());
      }
      switch (ask(from, until, cursor)) {
        case Listing.Page(var page, var next) -> {
          each.accept(page);
          transactions += page.size();
          if (next == null || (pages == most && gateway.listsNewestFirst())) {
            return new Ending.Whole(transactions, pages);
          }
          if (pages == most) {
            return new Ending.Cut(
                Finding.GATEWAY_UNREACHABLE,
                "what is new does not fit into %d pages of its listing".formatted(most));
          }
          if (next.equals(cursor)) {
            return new Ending.Cut(
                Finding.GATEWAY_UNREACHABLE, "its listing leads in circles, at " + next);
          }
          cursor = next;
        }
        case Listing.Refused(var text) -> {
          return new Ending.Cut(
              Finding.ACCOUNT_REFUSED,
              "the gateway does not let us list its transactions: " + text);
        }
        case Listing.Failed(var why) -> {
          return new Ending.Cut(
              Finding.GATEWAY_UNREACHABLE, "page %d of the listing: %s".formatted(pages, why));
        }
      }
    }
  }

  private Listing ask(Instant from, Instant until, @Nullable String cursor)
      throws InterruptedException {
    for (int tries = 1; ; tries++) {
      pace.await();
      var listing = gateway.list(from, until, cursor);
      if (!(listing instanceof Listing.Failed(var why)) || tries == Limits.LISTING_TRIES) {
        return listing;
      }
      LOG.warn("a page of the listing is asked for again: {}", why);
      Thread.sleep(betweenTries);
    }
  }
}
