package billing.store;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Decision.Settle;
import billing.model.Difference;
import billing.model.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The inside of a booking's transaction. Doing it twice does no harm: what is SETTLED already is
 * told as booked and left alone.
 */
final class Approvals {

  private static final Sql LIVE = Sql.load("attempt/lock_live");
  private static final Sql QUEUE_MAIL = Sql.load("outbox/queue");
  private static final Sql VOID_DECLINES = Sql.load("outbox/void_declines");

  /** What came of one transaction. */
  record Done(Set<ChargeKey> booked, Set<ChargeKey> moved, List<Difference> differences) {}

  private final AppSql app;
  private final Books books;
  private final long runNo;
  private final boolean tellAdopted;
  private final boolean ofAPerson;

  /**
   * @param tellAdopted whether customers hear of what was adopted
   * @param ofAPerson whether a person decides, who alone leads out of REVIEW
   */
  Approvals(AppSql app, long runNo, boolean tellAdopted, boolean ofAPerson) {
    this.app = app;
    this.books = new Books(app);
    this.runNo = runNo;
    this.tellAdopted = tellAdopted;
    this.ofAPerson = ofAPerson;
  }

  Done write(Handle handle, List<Outcome> outcomes) {
    return new Batch(handle).write(outcomes);
  }

  private final class Batch {
    private final Handle handle;
    private final Set<ChargeKey> booked = new HashSet<>();
    private final Set<ChargeKey> moved = new HashSet<>();
    private final List<Differences.Found> differences = new ArrayList<>();
    private final List<Settling> settling = new ArrayList<>();
    private final List<Settling> late = new ArrayList<>();

    Batch(Handle handle) {
      this.handle = handle;
    }

    Done write(List<Outcome> outcomes) {
      var rows = AttemptRow.lock(handle, outcomes.stream().map(Outcome::key).toList());
      outcomes.forEach(outcome -> sort(rows.get(outcome.key()), outcome));
      if (!late.isEmpty()) {
        settleLate();
      }
      if (!settling.isEmpty()) {
        settle();
      }
      return new Done(booked, moved, Differences.open(handle, differences, runNo, false));
    }

    private void sort(@Nullable AttemptRow row, Outcome outcome) {
      if (!(outcome.decision() instanceof Settle settle)) {
        throw new IllegalArgumentException("no approval: " + outcome.key());
      }
      if (row == null) {
        throw new DatabaseTrouble(
            DatabaseTrouble.Kind.WENT_BACK,
            outcome.key()
                + " was approved, and the database has no such attempt any more: it went back in"
                + " time. billing reconcile finds what it has forgotten");
      }
      var one = new Settling(row, outcome, settle);
      switch (row.attempt().state()) {
        case SENT -> settling.add(one);
        case SETTLED -> settledBefore(one);
        case PENDING, DECLINED, CANCELLED -> late.add(one);
        // Recorded, and waits for the person who decides it.
        case REVIEW -> {
          if (ofAPerson) {
            settling.add(one);
          } else {
            note(one);
          }
        }
      }
    }

    private void settledBefore(Settling one) {
      var attempt = one.row().attempt();
      if (one.settle().transactionId().equals(attempt.transactionId())) {
        booked.add(attempt.key());
      } else {
        chargedTwice(one, attempt);
      }
    }

    /** Where a sibling lives, a late approval cannot be SETTLED, but neither is it dropped. */
    private void settleLate() {
      var live = live();
      var paid = new HashMap<String, Attempt>();
      for (var one : late) {
        var invoice = one.row().attempt().order().invoiceId();
        var sibling = live.get(invoice);
        var before = paid.get(invoice);
        if (before != null) {
          // Two late approvals of one invoice at once: the first one pays it.
          chargedTwice(one, before);
        } else if (sibling == null || sibling.key().equals(one.row().key())) {
          settle(one, paid);
        } else if (sibling.attempt().state() == AttemptState.PENDING) {
          cancel(sibling, one);
          settle(one, paid);
        } else {
          chargedTwice(one, sibling.attempt());
        }
      }
    }

    private void settle(Settling one, Map<String, Attempt> paid) {
      settling.add(one);
      paid.put(one.row().attempt().order().invoiceId(), one.row().attempt());
    }

    /** The one live attempt of each invoice; it may have been approved late itself. */
    private Map<String, AttemptRow> live() {
      var live = new HashMap<String, AttemptRow>();
      handle
          .createQuery(LIVE.text())
          .bindList(
              "invoice_ids",
              late.stream().map(l -> l.row().attempt().order().invoiceId()).distinct().toList())
          .map(AttemptRow.MAPPER)
          .forEach(row -> live.put(row.attempt().order().invoiceId(), row));
      return live;
    }

    private void cancel(AttemptRow sibling, Settling approved) {
      var why = approved.row().key() + " of the same invoice was approved late";
      new Cancellations().because(sibling, why).writeAll(handle, runNo);
    }

    private void chargedTwice(Settling one, Attempt beside) {
      note(one);
      var settle = one.settle();
      differences.add(
          Differences.found(
              Difference.chargedTwice(settle.transactionId(), settle.taken(), beside)));
    }

    private void note(Settling one) {
      moved.add(one.row().key());
      var outcome = one.outcome();
      var sends = Settling.sends(one.row(), outcome);
      Noting.note(handle, one.row().attempt(), sends, outcome.evidence(), runNo);
    }

    private void settle() {
      // Our tables may have been restored apart from the app's: then it is in the books already.
      var inBooks =
          app.inBooks(handle, settling.stream().map(s -> s.settle().transactionId()).toList());
      var unkept = Unclaimed.rows(handle, app, settling.stream().map(Settling::row).toList());
      Settling.write(handle, settling, inBooks, unkept, runNo);
      var unbooked = settling.stream().filter(s -> !s.isIn(inBooks)).map(Settling::row).toList();
      if (!unbooked.isEmpty()) {
        differences.addAll(books.enter(handle, unbooked));
      }
      depart();
    }

    private void depart() {
      var departing =
          settling.stream()
              .filter(s -> s.row().attempt().state() == AttemptState.SENT)
              .filter(s -> s.row().wasClaimed())
              .map(s -> s.row().id())
              .toList();
      if (app.after() != null && !departing.isEmpty()) {
        app.after().execute(handle, departing);
      }
      if (!late.isEmpty()) {
        handle
            .createUpdate(VOID_DECLINES.text())
            .bindList("ids", settling.stream().map(s -> s.row().id()).toList())
            .execute();
      }
      tell(
          settling.stream()
              .filter(s -> tellAdopted || !s.row().adopted())
              .map(s -> s.row().id())
              .toList());
      settling.forEach(s -> booked.add(s.row().key()));
      Differences.closeBookable(
          handle, settling.stream().map(s -> s.row().key().value()).toList(), runNo);
    }

    private void tell(List<Long> ids) {
      if (ids.isEmpty()) {
        return;
      }
      var told =
          handle
              .createUpdate(QUEUE_MAIL.text())
              .bind("kind", "ACCEPTED")
              .bind("state", "READY")
              .bind("run", runNo)
              .bindList("ids", ids)
              .execute();
      Counts.expect(QUEUE_MAIL, ids.size(), told);
    }
  }
}
