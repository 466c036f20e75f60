package billing.gateway.nmi;

import billing.gateway.Form;
import billing.gateway.Listing;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists all that the account has, in an order that loses nothing while transactions change.
 *
 * <p>The Query API filters by the time of the last change, which a settlement or a refund moves to
 * the present, and does not say in which order it gives its pages: a row may hop over a page's edge
 * between two questions. So time is cut into slices that fit into one answer each, the oldest
 * first: a row that changes leaves for a slice that is still to come, and the last slice is open
 * towards the present, however early the caller's {@code until} is.
 *
 * <p>A second may have more rows than an answer (a settlement touches a whole day at once). Once it
 * is over, rows can leave it and none can enter. Read from its last page to its first, a row that
 * moves up because others left is told twice, and never skipped. Only the present itself has to be
 * read page by page while rows come and go: it is read twice.
 */
final class Everything {

  static final int PAGE = 100;

  /** An hour is little for most accounts; the slices widen by themselves. */
  private static final long FIRST_WIDTH = 3600;

  /** Seconds within which something may still be entered as changed "now" by their clock. */
  private static final long PRESENT = 10;

  /** A year of seconds, halved to one. */
  private static final int MOST_TRIES = 30;

  private static final int MOST_PAGES = 1 << 14;
  private static final int MOST_PAGES_OF_THE_PRESENT = 50;

  private final Lookup lookup;
  private final Rows rows;
  private final InstantSource theirClock;

  Everything(Lookup lookup, Rows rows, InstantSource theirClock) {
    this.lookup = lookup;
    this.rows = rows;
    this.theirClock = theirClock;
  }

  Listing list(Instant from, Instant until, @Nullable String cursor) {
    var slice =
        cursor == null
            ? Slice.from(Math.max(0, from.getEpochSecond()), FIRST_WIDTH)
            : Slice.parse(cursor)
                .orElseThrow(() -> new IllegalArgumentException("no cursor of NMI's: " + cursor));
    try {
      return slice.page() == Slice.WHOLE ? whole(slice, until) : page(slice, until);
    } catch (NoPage no) {
      return no.listing();
    }
  }

  /** The slice in one answer, made narrower until it is one. */
  private Listing whole(Slice asked, Instant until) throws NoPage {
    var slice = asked;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      var past = theirClock.instant().getEpochSecond() - PRESENT;
      var open = slice.end() > past;
      var found = ask(slice, open, 0);
      if (found.size() < PAGE) {
        return rows.page(found, until, open ? null : slice.next(found.size() < PAGE / 4).text());
      }
      if (open && past <= slice.start()) {
        return present(slice, until);
      }
      var width = open ? past - slice.start() : slice.width();
      if (width == 1 && !open) {
        return dense(slice, until);
      }
      slice = slice.narrowed(open ? width : width / 2);
    }
    return new Listing.Failed("no slice of time that fits into an answer");
  }

  /** More rows than an answer in one second: its last page is sought, and told first. */
  private Listing dense(Slice second, Instant until) throws NoPage {
    int full = 0;
    int end = MOST_PAGES;
    List<Filed> last = List.of();
    while (end - full > 1) {
      var page = end == MOST_PAGES ? Math.max(1, full * 2) : full + (end - full) / 2;
      if (page >= MOST_PAGES) {
        return new Listing.Failed("more than " + MOST_PAGES * PAGE + " changes in one second");
      }
      var found = ask(second, false, page);
      if (found.size() == PAGE) {
        full = page;
      } else {
        end = page;
        last = found;
      }
    }
    return rows.page(last, until, second.at(full).text());
  }

  private Listing page(Slice second, Instant until) throws NoPage {
    var next = second.page() == 0 ? second.next(false) : second.at(second.page() - 1);
    return rows.page(ask(second, false, second.page()), until, next.text());
  }

  /** Rows come and go while it is read, so what one reading skips the other has. */
  private Listing present(Slice slice, Instant until) throws NoPage {
    var all = new LinkedHashMap<String, Filed>();
    for (int reading = 0; reading < 2; reading++) {
      int page = 0;
      List<Filed> found;
      do {
        if (page == MOST_PAGES_OF_THE_PRESENT) {
          return new Listing.Failed(
              "more than " + page * PAGE + " changes in the last seconds; ask again in a minute");
        }
        found = ask(slice, true, page++);
        found.forEach(filed -> all.put(filed.id(), filed));
      } while (found.size() == PAGE);
    }
    return rows.page(new ArrayList<>(all.values()), until, null);
  }

  private List<Filed> ask(Slice slice, boolean open, int page) throws NoPage {
    var found = lookup.page(window(slice, open, page));
    if (found.size() > PAGE) {
      throw new NoPage(new Listing.Failed("more rows in a page than were asked for"));
    }
    return found;
  }

  /** Its ends belong to it, so that two neighbours have a second in common. */
  private Form window(Slice slice, boolean open, int page) {
    return lookup
        .form()
        .with("start_date", time(slice.start()))
        .with("end_date", open ? null : time(slice.end()))
        .with("result_limit", Integer.toString(PAGE))
        .with("page_number", Integer.toString(page));
  }

  private static String time(long second) {
    return Filed.TIME.format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
  }
}
