package billing.store;

import billing.model.Invoice;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What the app's own statement gives as due, page by page, and whether its pages leave nothing out.
 *
 * @param limit the most that a page may hold
 */
record DuePages(AppSql app, LocalDate asOf, int limit) {

  /** What became due and was paid again between two questions looks like a skipped invoice. */
  private static final int TRIES = 3;

  /**
   * One page.
   *
   * @param after the last id of the page before; null: the first page
   * @throws DatabaseTrouble where the file gives an invoice twice, or more than it is asked for; of
   *     the first page also where the pages to come would skip invoices
   */
  List<Invoice> read(Handle handle, @Nullable String after) {
    var page = query(handle, after);
    var ids = new HashSet<String>();
    for (var invoice : page) {
      if (!ids.add(invoice.id()) || invoice.id().equals(after)) {
        throw app.gaveTwice(invoice.id());
      }
    }
    if (page.size() > limit) {
      throw AppFile.wrong(app.due().name(), "gave more than :limit rows");
    }
    if (after == null && page.size() == limit) {
      requireOneOrder(handle, page);
    }
    return page;
  }

  private List<Invoice> query(Handle handle, @Nullable String after) {
    return handle
        .createQuery(app.due().sql())
        .bind("as_of", asOf.toString())
        .bind("after", after)
        .bind("limit", limit)
        .map((row, context) -> Invoices.map(row))
        .list();
  }

  /**
   * A file that orders by something else than it compares with {@code :after} skips invoices, and
   * no page of it looks wrong. What the right order is only the app knows (a collation, a padded
   * number), so the file is held against itself: in the middle of a page begins what follows there.
   */
  private void requireOneOrder(Handle handle, List<Invoice> first) {
    var odd = oddlyFollowed(handle, first);
    for (int tries = 1; odd.isPresent() && tries < TRIES; tries++) {
      odd = oddlyFollowed(handle, query(handle, null));
    }
    if (odd.isPresent()) {
      throw app.skips(odd.get());
    }
  }

  /** After which invoice others are given than follow it in the first page; empty: after none. */
  private Optional<String> oddlyFollowed(Handle handle, List<Invoice> first) {
    if (first.size() < limit) {
      return Optional.empty();
    }
    var before = withNext(handle, first);
    return Stream.of(first.getFirst(), first.get(first.size() / 2))
        .filter(Invoices::hasUsableId)
        .map(Invoice::id)
        .distinct()
        .filter(id -> {
          var given = ids(query(handle, id));
          // The app may have changed what is due between two of these questions.
          return !follows(given, id, before, before)
              && !follows(given, id, before, withNext(handle, query(handle, null)));
        })
        .findFirst();
  }

  private List<String> withNext(Handle handle, List<Invoice> first) {
    var ids = new ArrayList<>(ids(first));
    if (!first.isEmpty()) {
      ids.addAll(ids(query(handle, first.getLast().id())));
    }
    return ids;
  }

  private static List<String> ids(List<Invoice> page) {
    return page.stream().map(Invoice::id).toList();
  }

  /**
   * Whether a page that begins after that id goes on as the first two do.
   *
   * @param before the first two pages, as they were before it was asked for
   * @param since the same after that; what is not in both came or went meanwhile
   */
  private boolean follows(
      List<String> given, String after, List<String> before, List<String> since) {
    var known = new HashSet<>(before);
    known.addAll(since);
    var stayed = new HashSet<>(before);
    stayed.retainAll(new HashSet<>(since));
    var kept = given.stream().filter(stayed::contains).toList();
    var rest =
        before.subList(before.indexOf(after) + 1, before.size()).stream()
            .filter(stayed::contains)
            .toList();
    var reached = given.size() < limit ? rest.size() : Math.min(kept.size(), rest.size());
    return known.containsAll(given) && kept.equals(rest.subList(0, reached));
  }
}
