package billing.store;

import billing.model.Admission;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Invoice;
import billing.model.Past;
import billing.store.Page.Judged;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Turns what the app says is due into PENDING attempts, page by page. For one thread at a time. */
public final class Queue {

  private static final Sql NOW = Sql.load("run/now");
  private static final Sql ENQUEUE = Sql.load("attempt/enqueue");

  private final Database database;
  private final AppSql app;
  private final Installation installation;
  private final int protocol;

  /** Whether every due invoice, up to the newest page, was judged. */
  private boolean sawAll;

  /** Where the pages so far ended: two that end alike would follow each other for ever. */
  private final Set<String> ends = new HashSet<>();

  /**
   * A queue for one installation.
   *
   * @param protocol the adapter's, until the claim writes the one that is spoken
   */
  public Queue(Database database, AppSql app, Installation installation, int protocol) {
    this.database = database;
    this.app = app;
    this.installation = installation;
    this.protocol = protocol;
  }

  /**
   * Judges one page and writes what follows, in one transaction.
   *
   * @param after the last id of the page before; null: the first page
   * @param judge the rules, given the invoice and what we remember of it
   */
  public Page enqueue(
      long runNo,
      @Nullable String after,
      int limit,
      LocalDate asOf,
      BiFunction<Invoice, Past, Admission> judge) {
    var settled = new Settled(database);
    try {
      return onward(
          after, settled.run(handle -> enqueue(handle, runNo, after, limit, asOf, judge, true)));
    } catch (RuntimeException e) {
      if (ServerError.code(e) != ServerError.DUPLICATE) {
        throw e;
      }
      // Another run was quicker with one of them.
      return onward(
          after, settled.run(handle -> enqueue(handle, runNo, after, limit, asOf, judge, false)));
    }
  }

  /** The same, reading only: nothing is written or locked. */
  public Page preview(
      @Nullable String after,
      int limit,
      LocalDate asOf,
      BiFunction<Invoice, Past, Admission> judge) {
    var page =
        database.read(handle -> {
          var due = new DuePages(app, asOf, limit);
          var invoices = due.read(handle, after);
          var judged = stillDue(judge(handle, invoices, judge), () -> due.read(handle, after));
          var adds =
              judged.stream().filter(j -> j.admission() instanceof Admission.Enqueue).count();
          return page(invoices, limit, judged, (int) adds, 0, List.of());
        });
    return onward(after, page);
  }

  private Page onward(@Nullable String after, Page page) {
    if (after == null) {
      ends.clear();
    }
    var last = page.last();
    if (last != null && !page.end() && !ends.add(last)) {
      throw app.gaveTwice(last);
    }
    return page;
  }

  private Page enqueue(
      Handle handle,
      long runNo,
      @Nullable String after,
      int limit,
      LocalDate asOf,
      BiFunction<Invoice, Past, Admission> judge,
      boolean atOnce) {
    var due = new DuePages(app, asOf, limit);
    var invoices = due.read(handle, after);
    var judged = stillDue(judge(handle, invoices, judge), () -> due.read(handle, after));
    closeGone(handle, judged, runNo);
    var found = new ArrayList<Differences.Found>();
    var adding = new ArrayList<Judged>();
    for (var one : judged) {
      switch (one.admission()) {
        case Admission.Enqueue e -> adding.add(one);
        case Admission.Differs(var difference) -> found.add(Differences.found(difference));
        case Admission.Skip s -> {}
      }
    }
    var opened = Differences.open(handle, found, runNo, true);
    sawAll = (after == null || sawAll) && judged.stream().noneMatch(Queue::wasNotLookedAt);
    if (sawAll && invoices.size() < limit) {
      Differences.closeUnseen(handle, runNo, asOf);
    }
    var added = 0;
    if (atOnce && !adding.isEmpty()) {
      added = insert(handle, adding, runNo, asOf);
      Counts.expect(ENQUEUE, adding.size(), added);
    } else {
      for (var one : adding) {
        added += insertUnlessTaken(handle, one, runNo, asOf);
      }
    }
    return page(invoices, limit, judged, added, adding.size() - added, opened);
  }

  private static List<Judged> judge(
      Handle handle, List<Invoice> invoices, BiFunction<Invoice, Past, Admission> judge) {
    var pasts = Pasts.of(handle, invoices);
    var judged = new ArrayList<Judged>();
    for (var invoice : invoices) {
      var unfit = Invoices.unfit(invoice);
      judged.add(
          new Judged(
              invoice,
              unfit == null
                  ? judge.apply(invoice, pasts.getOrDefault(invoice.id(), Past.NONE))
                  : new Admission.Differs(
                      new Difference(
                          DifferenceKind.NOT_CHARGEABLE, invoice.id(), invoice.id(), unfit))));
    }
    return judged;
  }

  /**
   * What was settled and is due is so only if it is still due once its settlement is known: a
   * booking may have committed after the page was read.
   */
  private static List<Judged> stillDue(List<Judged> judged, Supplier<List<Invoice>> again) {
    if (judged.stream().noneMatch(Queue::isDueAgain)) {
      return judged;
    }
    var due = again.get().stream().map(Invoice::id).collect(Collectors.toSet());
    return judged.stream()
        .map(one ->
            isDueAgain(one) && !due.contains(one.invoice().id())
                ? new Judged(one.invoice(), new Admission.Skip(Admission.Reason.LIVE, null))
                : one)
        .toList();
  }

  private static boolean isDueAgain(Judged one) {
    return one.admission() instanceof Admission.Differs(var difference)
        && difference.kind() == DifferenceKind.DUE_AGAIN;
  }

  /** What was not chargeable and is, now that the invoice has changed, closes by itself. */
  private static void closeGone(Handle handle, List<Judged> judged, long runNo) {
    var admitted =
        judged.stream()
            .filter(j -> j.admission() instanceof Admission.Enqueue)
            .map(j -> j.invoice().id())
            .toList();
    if (!admitted.isEmpty()) {
      var gone =
          Differences.ofInvoices(handle, admitted).stream()
              .filter(d -> d.difference().kind() == DifferenceKind.NOT_CHARGEABLE)
              .map(DifferenceRow::id)
              .toList();
      Differences.gone(handle, gone, runNo);
    }
  }

  private static boolean wasNotLookedAt(Judged one) {
    return one.admission() instanceof Admission.Skip skip
        && skip.reason() == Admission.Reason.NOT_CHOSEN;
  }

  private int insertUnlessTaken(Handle handle, Judged one, long runNo, LocalDate asOf) {
    try {
      // A duplicate undoes its own statement and leaves the transaction as it was.
      return insert(handle, List.of(one), runNo, asOf);
    } catch (RuntimeException e) {
      if (ServerError.isDuplicateIn(e, "uq_live_invoice")
          || ServerError.isDuplicateIn(e, "uq_charge_key")
          || ServerError.isDuplicateIn(e, "uq_invoice_attempt")) {
        return 0;
      }
      throw e;
    }
  }

  private int insert(Handle handle, List<Judged> adding, long runNo, LocalDate asOf) {
    var now = handle.createQuery(NOW.text()).map((row, context) -> row.getString(1)).one();
    var rows = adding.stream().map(one -> row(one, runNo, asOf, now)).toList();
    return handle
        .createUpdate(ENQUEUE.text())
        .bindMethodsList("attempts", rows, NewAttempt.COLUMNS)
        .execute();
  }

  private NewAttempt row(Judged one, long runNo, LocalDate asOf, String now) {
    if (!(one.admission() instanceof Admission.Enqueue admitted)) {
      throw new IllegalArgumentException("not admitted: " + one.invoice().id());
    }
    return NewAttempt.of(one.invoice(), admitted, installation, protocol, asOf, runNo, now);
  }

  private static Page page(
      List<Invoice> invoices,
      int limit,
      List<Judged> judged,
      int added,
      int rivals,
      List<Difference> opened) {
    var last = invoices.isEmpty() ? null : invoices.getLast().id();
    return new Page(invoices.size(), judged, added, rivals, opened, last, invoices.size() < limit);
  }
}
