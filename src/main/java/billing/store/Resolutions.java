package billing.store;

import billing.model.AdoptionVerdict.Adopt;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Difference;
import billing.model.Fence;
import billing.model.GatewayReply.Approved;
import billing.model.Invoice;
import billing.model.Outcome;
import billing.model.PaidElsewhere;
import billing.model.Sends;
import billing.store.Decisions.Decision;
import billing.store.FencedTransactions.Result;
import billing.store.Run.Declines;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Writes what people decide, each decision with its record in one transaction: approvals by the one
 * way in which they are booked, everything else behind the fence.
 */
public final class Resolutions {

  private static final Sql HELD_BY = Sql.load("attempt/held_by");
  private static final Sql STAYS_WITH = Sql.load("attempt/stays_with");
  private static final Sql ACCOUNT_FOR = Sql.load("attempt/account_for");
  private static final Sql RELEASE = Sql.load("attempt/release");
  private static final Sql CURED = Sql.load("difference/cured_by_release");
  private static final Sql DECIDE = Sql.load("difference/decide");
  private static final Sql DECLINES = Sql.load("run/decide_declines");
  private static final Sql LET_GO = Sql.load("outbox/release");
  private static final Sql NOW = Sql.load("run/now");

  /** Ends a transaction in which something was not as it had been seen. */
  private static final class Changed extends RuntimeException {}

  private final FencedTransactions fenced;
  private final Settled settled;
  private final AppSql app;
  private final Approvals approvals;
  private final Noes noes;
  private final Books books;
  private final Payments payments;
  private final long runNo;

  public Resolutions(Database database, AppSql app, Installation installation, Fence fence) {
    this.fenced = new FencedTransactions(database, fence);
    this.settled = new Settled(database);
    this.runNo = fence.epoch();
    this.app = app;
    this.approvals = new Approvals(app, runNo, false, true);
    this.noes = Noes.ofAPerson(app, runNo);
    this.books = new Books(app);
    this.payments = new Payments(app, new Adoptions(app, runNo), approvals, installation, runNo);
  }

  /**
   * Books a charge.
   *
   * @param settle the charge, and after it any other under the same key: each becomes a difference
   */
  public Resolved settle(List<Outcome> settle, Decision decision) {
    try {
      return settled.run(handle -> {
        var found = new ArrayList<Difference>();
        var booked = new HashSet<ChargeKey>();
        for (var one : settle) {
          var done = approvals.write(handle, List.of(because(one, decision)));
          found.addAll(done.differences());
          booked.addAll(done.booked());
        }
        if (booked.isEmpty()) {
          return new Resolved.OneTooMany(found);
        }
        Decisions.add(handle, runNo, decision);
        return new Resolved.Written(found);
      });
    } catch (AppRefused e) {
      return new Resolved.NotBookable(e.why());
    }
  }

  /** SENT or REVIEW → CANCELLED. */
  public Resolved cancel(Outcome cancel, Decision decision) {
    return behindTheFence(handle -> {
      var done = noes.write(handle, List.of(because(cancel, decision)));
      check(done.written().size() == 1);
      Decisions.add(handle, runNo, decision);
      return done.differences();
    });
  }

  /**
   * What became of the sends of an attempt that has ended; nothing else of it changes.
   *
   * @param known with the evidence on which it was decided
   */
  public Resolved accountFor(Attempt known, Sends now, Decision decision) {
    return behindTheFence(handle -> {
      know(handle, known, now, decision);
      Decisions.add(handle, runNo, decision);
      return List.of();
    });
  }

  private void know(Handle handle, Attempt known, Sends now, Decision decision) {
    var key = known.key();
    var heldBy =
        handle
            .createQuery(HELD_BY.text())
            .bind("charge_key", key.value())
            .mapTo(Long.class)
            .findOne();
    var rows =
        handle
            .createUpdate(ACCOUNT_FOR.text())
            .bind("sends", now.letters())
            .bind("known", known.sends().letters())
            .bind("evidence", Differences.cut(decision.text(), 1000))
            .bind("run", runNo)
            .bind("charge_key", key.value())
            .execute();
    check(rows == 1);
    heldBy.ifPresent(run -> staysWith(handle, run, key));
  }

  private static void staysWith(Handle handle, long run, ChargeKey key) {
    var rows =
        handle
            .createUpdate(STAYS_WITH.text())
            .bind("run", run)
            .bind("charge_key", key.value())
            .execute();
    Counts.expect(STAYS_WITH, 1, rows);
  }

  /** One more charge of the invoice may be made. */
  public Resolved release(ChargeKey key, String invoiceId, Decision decision) {
    return behindTheFence(handle -> {
      var rows =
          handle
              .createUpdate(RELEASE.text())
              .bind("evidence", Differences.cut(decision.text(), 1000))
              .bind("run", runNo)
              .bind("charge_key", key.value())
              .execute();
      check(rows == 1);
      handle
          .createUpdate(CURED.text())
          .bind("because", decision.because())
          .bind("run", runNo)
          .bind("invoice_id", invoiceId)
          .execute();
      Decisions.add(handle, runNo, decision);
      return List.of();
    });
  }

  /** An open difference stays as it is, and is open no more. */
  public Resolved accept(long id, Decision decision) {
    return behindTheFence(handle -> {
      close(handle, id, "ACCEPTED", decision);
      Decisions.add(handle, runNo, decision);
      return List.of();
    });
  }

  /**
   * The same where nobody could be asked.
   *
   * @param unsure attempts of its invoice that have ended: their sends are unanswered again
   */
  public Resolved acceptUnasked(long id, List<Attempt> unsure, Decision decision) {
    return behindTheFence(handle -> {
      close(handle, id, "ACCEPTED", decision);
      unsure.forEach(one -> know(handle, one, one.sends().unanswered(), decision));
      Decisions.add(handle, runNo, decision);
      return List.of();
    });
  }

  /** What kept an invoice back is mended: the next run may charge it, by a new attempt. */
  public Resolved cure(long id, Decision decision) {
    return behindTheFence(handle -> {
      close(handle, id, "GONE", decision);
      Decisions.add(handle, runNo, decision);
      return List.of();
    });
  }

  /** Writes into the app's books what is SETTLED and what they have lost. */
  public Resolved book(ChargeKey key, String transactionId, long id, Decision decision) {
    return behindTheFence(handle -> {
      var row = AttemptRow.lock(handle, List.of(key)).get(key);
      if (row == null || !transactionId.equals(row.attempt().transactionId())) {
        throw new Changed();
      }
      close(handle, id, "GONE", decision);
      Decisions.add(handle, runNo, decision);
      return books.have(handle, transactionId)
          ? List.<Difference>of()
          : Differences.open(handle, books.enter(handle, List.of(row)), runNo, false);
    });
  }

  /** The invoice as the app has it now; empty: it is not due. */
  public Optional<Invoice> due(String invoiceId, LocalDate today) {
    return settled.run(handle -> Optional.ofNullable(app.stillDue(handle, invoiceId, today)));
  }

  /** Whether the app's books have that transaction. */
  public boolean isInBooks(String transactionId) {
    return settled.run(handle -> books.have(handle, transactionId));
  }

  /**
   * Adopts a charge from elsewhere as the payment of an invoice, and books it.
   *
   * @param judge decides with the invoice under lock; where it says no, nothing is written
   */
  public Resolved adopt(
      long id,
      String invoiceId,
      Approved approved,
      LocalDate today,
      Decision decision,
      Function<PaidElsewhere, Optional<Adopt>> judge) {
    return behindTheFence(handle -> {
      close(handle, id, "GONE", decision);
      var now = Times.instant(handle.createQuery(NOW.text()).mapTo(String.class).one());
      var found = payments.adopt(handle, invoiceId, approved, today, now, decision.text(), judge);
      check(found.isPresent());
      Decisions.add(handle, runNo, decision);
      return found.orElseThrow();
    });
  }

  /** What becomes of the declines of a run that ended because there were too many. */
  public Resolved declines(long run, Declines declines, Decision decision) {
    return behindTheFence(handle -> {
      var rows =
          handle
              .createUpdate(DECLINES.text())
              .bind("declines", declines.name())
              .bind("run", run)
              .execute();
      check(rows == 1);
      handle.createUpdate(LET_GO.text()).bind("run", runNo).execute();
      Decisions.add(handle, runNo, decision);
      return List.of();
    });
  }

  private void close(Handle handle, long id, String state, Decision decision) {
    var rows =
        handle
            .createUpdate(DECIDE.text())
            .bind("state", state)
            .bind("because", decision.because())
            .bind("run", runNo)
            .bind("id", id)
            .execute();
    check(rows == 1);
  }

  private Resolved behindTheFence(Transactions.Work<List<Difference>> work) {
    try {
      return switch (fenced.run(work)) {
        case Result.Done<List<Difference>>(var found) -> new Resolved.Written(found);
        case Result.FencedOff<List<Difference>>(var mine, var present) ->
            new Resolved.Fenced(mine, present);
        case Result.Paused<List<Difference>>(var why) ->
            throw new IllegalStateException("a pause stops claims alone: " + why);
      };
    } catch (AppRefused e) {
      return new Resolved.NotBookable(e.why());
    } catch (Changed e) {
      return new Resolved.Moved();
    }
  }

  private static void check(boolean asSeen) {
    if (!asSeen) {
      throw new Changed();
    }
  }

  private static Outcome because(Outcome outcome, Decision decision) {
    return new Outcome(
        outcome.key(), outcome.sendNo(), outcome.sends(), outcome.decision(), decision.text());
  }
}
