package billing.store;

import billing.model.Difference;
import billing.model.DifferenceKind;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What a person has to decide. One difference of a kind about a subject; the same seen again is no
 * second one, and one that a person accepted comes back only when it says something else.
 */
public final class Differences {

  private static final Sql CURRENT = Sql.load("difference/current");
  private static final Sql OPEN = Sql.load("difference/open");
  private static final Sql SEEN = Sql.load("difference/seen");
  private static final Sql GONE = Sql.load("difference/gone");
  private static final Sql OF_INVOICES = Sql.load("difference/of_invoices");
  private static final Sql UNSEEN = Sql.load("difference/unseen");
  private static final Sql ALL_OPEN = Sql.load("difference/all_open");
  private static final Sql CLOSE_BOOKABLE = Sql.load("difference/close_bookable");

  /** A difference that was found, and the invoice's print where it holds for that alone. */
  record Found(Difference difference, @Nullable String print) {}

  private Differences() {}

  /** Every open one, oldest first, at most so many. */
  public static List<DifferenceRow> open(Database database, int limit) {
    return database.read(handle ->
        handle.createQuery(ALL_OPEN.text()).bind("limit", limit).map(DifferenceRow.MAPPER).list());
  }

  /**
   * Closes what was found by looking at due invoices alone and was not found again. Only after this
   * run has looked at every due invoice.
   *
   * @param asOf the date for which it looked: what was found for a later one stays
   */
  static void closeUnseen(Handle handle, long runNo, LocalDate asOf) {
    handle.createUpdate(UNSEEN.text()).bind("run", runNo).bind("as_of", asOf.toString()).execute();
  }

  /** Those that are new now; what stands already is marked as seen by this run. */
  static List<Difference> open(Handle handle, Collection<Found> found, long runNo, boolean judged) {
    if (found.isEmpty()) {
      return List.of();
    }
    var current = current(handle, found);
    var fresh = new HashMap<String, Found>();
    var seen = new HashSet<Long>();
    var changed = new HashSet<Long>();
    for (var one : found) {
      var row = current.get(name(one.difference()));
      if (row == null) {
        fresh.putIfAbsent(name(one.difference()), one);
      } else if (row.difference().detail().equals(detail(one.difference()))) {
        seen.add(row.id());
      } else {
        changed.add(row.id());
        fresh.putIfAbsent(name(one.difference()), one);
      }
    }
    mark(handle, SEEN, seen, runNo);
    mark(handle, GONE, changed, runNo);
    insert(handle, fresh.values(), runNo, judged);
    return fresh.values().stream().map(Found::difference).toList();
  }

  static void gone(Handle handle, Collection<Long> ids, long runNo) {
    mark(handle, GONE, Set.copyOf(ids), runNo);
  }

  static void closeBookable(Handle handle, Collection<String> subjects, long runNo) {
    if (subjects.isEmpty()) {
      return;
    }
    handle
        .createUpdate(CLOSE_BOOKABLE.text())
        .bindList("subjects", List.copyOf(subjects))
        .bind("run", runNo)
        .execute();
  }

  static List<DifferenceRow> ofInvoices(Handle handle, Collection<String> invoiceIds) {
    return handle
        .createQuery(OF_INVOICES.text())
        .bindList("invoice_ids", List.copyOf(invoiceIds))
        .map(DifferenceRow.MAPPER)
        .list();
  }

  private static Map<String, DifferenceRow> current(Handle handle, Collection<Found> found) {
    var subjects = found.stream().map(f -> subject(f.difference())).distinct().toList();
    var current = new HashMap<String, DifferenceRow>();
    handle
        .createQuery(CURRENT.text())
        .bindList("subjects", subjects)
        .map(DifferenceRow.MAPPER)
        .forEach(row -> current.put(name(row.difference()), row));
    return current;
  }

  private static void insert(Handle handle, Collection<Found> fresh, long runNo, boolean judged) {
    if (fresh.isEmpty()) {
      return;
    }
    var rows = new Json();
    for (var one : fresh) {
      var difference = one.difference();
      rows.row()
          .with("kind", difference.kind().name())
          .with("subject", subject(difference))
          .with("invoice_id", cut(difference.invoiceId(), 190))
          .with("detail", detail(difference))
          .with("invoice_print", one.print());
    }
    var count =
        handle
            .createUpdate(OPEN.text())
            .bind("differences", rows.text())
            .bind("judged", judged ? 1 : 0)
            .bind("run", runNo)
            .execute();
    Counts.expect(OPEN, fresh.size(), count);
  }

  private static void mark(Handle handle, Sql sql, Set<Long> ids, long runNo) {
    if (!ids.isEmpty()) {
      var count =
          handle
              .createUpdate(sql.text())
              .bindList("ids", new ArrayList<>(ids))
              .bind("run", runNo)
              .execute();
      Counts.expect(sql, ids.size(), count);
    }
  }

  private static String name(Difference difference) {
    return difference.kind() + " " + subject(difference);
  }

  private static String subject(Difference difference) {
    return String.valueOf(cut(difference.subject(), 190));
  }

  private static String detail(Difference difference) {
    return String.valueOf(cut(difference.detail(), 1000));
  }

  static @Nullable String cut(@Nullable String text, int characters) {
    return text == null || text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters));
  }

  static Found found(Difference difference) {
    return new Found(difference, null);
  }

  static Difference notBookable(String chargeKey, String invoiceId, String why) {
    return new Difference(DifferenceKind.NOT_BOOKABLE, chargeKey, invoiceId, why);
  }
}
