package billing.modelcheck;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.ClaimVerdict;
import billing.model.Decision;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Fence;
import billing.model.Money;
import billing.model.Order;
import billing.model.Outcome;
import billing.model.Sends;
import billing.modelcheck.SimStore.Row;
import billing.store.Booked;
import billing.store.ClaimRequest;
import billing.store.ClaimResult;
import billing.store.Recorded;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The transactions of the model's database that change attempts: claims, noes, bookings. */
public final class SimWrites {

  private final SimStore store;
  private final Instant now;

  public SimWrites(SimStore store, Instant now) {
    this.store = store;
    this.now = now;
  }

  /** FencedWriter.claim: also tells by its result how the caller's fence moved. */
  public ClaimResult claim(Fence mine, int limit, LocalDate asOf, ClaimRequest.Judge judge) {
    if (store.fence.equals(mine) && store.paused) {
      return new ClaimResult.Paused("paused");
    }
    return store.move(mine)
        ? claimed(mine.epoch(), limit, asOf, judge)
        : new ClaimResult.Fenced(mine, store.fence);
  }

  /** The inside of a claim, after the fence. */
  ClaimResult.Claimed claimed(long run, int limit, LocalDate asOf, ClaimRequest.Judge judge) {
    var candidates = candidates(run).stream().limit(limit).toList();
    var sent = new ArrayList<Attempt>();
    var cancelled = new ArrayList<Attempt>();
    var found = new ArrayList<Difference>();
    for (var row : candidates) {
      switch (judge.judge(row.attempt(), store.due(row.attempt().order().invoiceId()))) {
        case ClaimVerdict.Send(var order) -> sent.add(send(row, order, run, asOf));
        case ClaimVerdict.Cancel(var why) -> cancelled.add(cancel(row, run));
        case ClaimVerdict.Differs(var difference) -> {
          cancelled.add(cancel(row, run));
          found.add(difference);
        }
      }
    }
    found.forEach(difference -> store.open(difference, true, null, run));
    var nothingLeft = candidates.size() < limit;
    var next = nothingLeft ? nextNotBefore() : null;
    return new ClaimResult.Claimed(sent, cancelled, found, nothingLeft, null, next, false);
  }

  private List<Row> candidates(long run) {
    return store.rows.stream()
        .filter(row -> row.attempt().state() == AttemptState.PENDING)
        .filter(row -> row.notBefore() == null || !row.notBefore().isAfter(now))
        .filter(row -> !store.keepsBack(row.attempt().order().invoiceId(), run))
        .filter(row -> store.elderInDoubt(row, run).isEmpty())
        .toList();
  }

  private @Nullable Instant nextNotBefore() {
    return store.rows.stream()
        .filter(row -> row.attempt().state() == AttemptState.PENDING)
        .flatMap(row -> java.util.stream.Stream.ofNullable(row.notBefore()))
        .filter(at -> at.isAfter(now.minusSeconds(1)))
        .min(java.util.Comparator.naturalOrder())
        .orElse(null);
  }

  private Attempt send(Row row, Order order, long run, LocalDate asOf) {
    var before = row.attempt();
    var attempt =
        new Attempt(
            order,
            AttemptState.SENT,
            before.sendNo() + 1,
            before.sends().begin(),
            before.firstSentAt() == null ? now : before.firstSentAt(),
            now,
            before.transactionId(),
            before.settlingUntil(),
            before.declinesBefore(),
            before.firstDeclinedOn(),
            run);
    store.replace(
        new Row(
            attempt,
            null,
            row.hard(),
            row.retryOn(),
            asOf,
            row.lookedUpRun(),
            row.adopted(),
            row.taken()));
    return attempt;
  }

  private Attempt cancel(Row row, long run) {
    var attempt = in(row.attempt(), AttemptState.CANCELLED, row.attempt().sends(), run);
    store.replace(with(row, attempt, null));
    return row.attempt();
  }

  /** FencedWriter.record. */
  public Recorded record(Fence mine, List<Outcome> outcomes) {
    return outcomes.isEmpty()
        ? new Recorded.Written(Set.of(), Set.of(), Map.of(), List.of(), false)
        : store.move(mine)
            ? recorded(mine.epoch(), outcomes)
            : new Recorded.Fenced(mine, store.fence);
  }

  Recorded.Written recorded(long run, List<Outcome> outcomes) {
    var written = new HashSet<ChargeKey>();
    var moved = new HashSet<ChargeKey>();
    var found = new ArrayList<Difference>();
    for (var outcome : outcomes) {
      var row = store.row(outcome.key());
      if (row == null
          || row.attempt().state() != AttemptState.SENT
          || row.attempt().sendNo() != outcome.sendNo()) {
        moved.add(outcome.key());
        continue;
      }
      written.add(outcome.key());
      store.replace(decided(row, outcome, run));
      switch (outcome.decision()) {
        case Decision.Decline decline ->
            store.outbox.add(new SimStore.Mail(outcome.key(), "DECLINED"));
        case Decision.Cancel(var why, var difference) when difference != null -> {
          found.add(difference);
          var order = row.attempt().order();
          var print = SimStore.print(order.amount().major(), order.paymentRef());
          store.open(difference, false, print, run);
        }
        default -> {}
      }
    }
    return new Recorded.Written(written, moved, Map.of(), found, false);
  }

  private Row decided(Row row, Outcome outcome, long run) {
    var before = row.attempt();
    var decision = outcome.decision();
    var id = named(decision);
    var known = id != null && !id.equals(before.transactionId()) && belongs(id);
    var state = after(decision);
    var attempt =
        new Attempt(
            before.order(),
            state,
            before.sendNo(),
            outcome.sends(),
            before.firstSentAt(),
            before.lastSentAt(),
            id == null || known ? before.transactionId() : id,
            decision instanceof Decision.Settling(var txn, var deadline)
                ? deadline
                : decision instanceof Decision.Ask ? before.settlingUntil() : null,
            before.declinesBefore(),
            before.firstDeclinedOn(),
            run);
    var decline = decision instanceof Decision.Decline d ? d : null;
    return new Row(
        attempt,
        decision instanceof Decision.Repeat(var why, var notBefore) ? notBefore : null,
        decline != null && decline.hard(),
        decline == null ? null : decline.retryOn(),
        row.asOf(),
        row.lookedUpRun(),
        row.adopted(),
        row.taken());
  }

  private static AttemptState after(Decision decision) {
    return switch (decision) {
      case Decision.Decline d -> AttemptState.DECLINED;
      case Decision.Repeat d -> AttemptState.PENDING;
      case Decision.Cancel d -> AttemptState.CANCELLED;
      case Decision.Review d -> AttemptState.REVIEW;
      case Decision.Ask d -> AttemptState.SENT;
      case Decision.Settling d -> AttemptState.SENT;
      case Decision.Settle d -> throw new IllegalArgumentException("an approval is no no");
      case Decision.CloseDoor d -> throw new IllegalArgumentException("never written");
    };
  }

  private static @Nullable String named(Decision decision) {
    return switch (decision) {
      case Decision.Review(var why, var id) -> id;
      case Decision.Settling(var id, var deadline) -> id;
      default -> null;
    };
  }

  private boolean belongs(String transactionId) {
    return store.rows.stream().anyMatch(r -> transactionId.equals(r.attempt().transactionId()));
  }

  /** Bookings.book. */
  public Booked book(long run, List<Outcome> settles) {
    var booked = new HashSet<ChargeKey>();
    var moved = new HashSet<ChargeKey>();
    var refused = new HashMap<ChargeKey, String>();
    var found = new ArrayList<Difference>();
    for (var outcome : settles) {
      var row = store.row(outcome.key());
      if (row == null) {
        throw new IllegalStateException("approved, but not in the database: " + outcome.key());
      }
      var settle = (Decision.Settle) outcome.decision();
      switch (row.attempt().state()) {
        case SENT -> settle(row, outcome, settle, run, booked, refused, found);
        case SETTLED -> {
          if (settle.transactionId().equals(row.attempt().transactionId())) {
            booked.add(row.key());
          } else {
            chargedTwice(row, row, outcome, settle, run, moved, found);
          }
        }
        case PENDING, DECLINED, CANCELLED -> {
          var sibling = sibling(row);
          if (sibling == null || sibling.attempt().state() == AttemptState.PENDING) {
            if (sibling != null) {
              cancel(sibling, run);
            }
            settle(row, outcome, settle, run, booked, refused, found);
            store.outbox.removeIf(m -> m.key().equals(row.key()) && m.kind().equals("DECLINED"));
          } else {
            chargedTwice(row, sibling, outcome, settle, run, moved, found);
          }
        }
        case REVIEW -> note(row, outcome, run, moved);
      }
    }
    return new Booked(booked, moved, refused, found, false);
  }

  private @Nullable Row sibling(Row row) {
    return store.rows.stream()
        .filter(r -> r.live() && !r.key().equals(row.key()))
        .filter(r -> r.attempt().order().invoiceId().equals(row.attempt().order().invoiceId()))
        .findFirst()
        .orElse(null);
  }

  private void settle(
      Row row,
      Outcome outcome,
      Decision.Settle settle,
      long run,
      Set<ChargeKey> booked,
      Map<ChargeKey, String> refused,
      List<Difference> found) {
    var before = row.attempt();
    var key = row.key().value();
    var invoiceId = before.order().invoiceId();
    if (!settle.transactionId().equals(before.transactionId()) && belongs(settle.transactionId())) {
      refused.put(row.key(), "the transaction belongs to another attempt");
      store.replace(
          with(row, in(before, before.state(), sends(before, outcome), run), row.notBefore()));
      var difference =
          new Difference(DifferenceKind.NOT_BOOKABLE, key, invoiceId, "its transaction is taken");
      store.open(difference, false, null, run);
      found.add(difference);
      return;
    }
    var attempt =
        new Attempt(
            before.order(),
            AttemptState.SETTLED,
            before.sendNo(),
            sends(before, outcome),
            before.firstSentAt(),
            before.lastSentAt(),
            settle.transactionId(),
            null,
            before.declinesBefore(),
            before.firstDeclinedOn(),
            run);
    store.replace(
        new Row(
            attempt,
            null,
            row.hard(),
            row.retryOn(),
            row.asOf(),
            row.lookedUpRun(),
            row.adopted(),
            settle.taken()));
    store.gone(DifferenceKind.NOT_BOOKABLE, key);
    booked.add(row.key());
    if (!row.adopted()) {
      store.outbox.add(new SimStore.Mail(row.key(), "ACCEPTED"));
    }
    if (store.payments.stream().anyMatch(p -> p.transactionId().equals(settle.transactionId()))) {
      return;
    }
    pay(invoiceId, settle.transactionId(), settle.taken());
    if (store.bills.stream().anyMatch(b -> b.id().equals(invoiceId) && b.due() < 0)) {
      var difference = new Difference(DifferenceKind.OVERPAID, key, invoiceId, "a credit is left");
      store.open(difference, false, null, run);
      found.add(difference);
    }
  }

  private void pay(String invoiceId, String transactionId, Money taken) {
    store.payments.add(new SimStore.Payment(transactionId, invoiceId, taken.minor()));
    store.bills.replaceAll(bill ->
        bill.id().equals(invoiceId)
            ? new SimStore.Bill(bill.id(), bill.due() - taken.minor(), bill.card())
            : bill);
  }

  private void chargedTwice(
      Row row,
      Row beside,
      Outcome outcome,
      Decision.Settle settle,
      long run,
      Set<ChargeKey> moved,
      List<Difference> found) {
    note(row, outcome, run, moved);
    var difference =
        Difference.chargedTwice(settle.transactionId(), settle.taken(), beside.attempt());
    store.open(difference, false, null, run);
    found.add(difference);
  }

  private void note(Row row, Outcome outcome, long run, Set<ChargeKey> moved) {
    moved.add(row.key());
    var before = row.attempt();
    store.replace(
        with(row, in(before, before.state(), sends(before, outcome), run), row.notBefore()));
  }

  private static Sends sends(Attempt present, Outcome outcome) {
    if (outcome.sends().number() == present.sends().number()) {
      return outcome.sends();
    }
    return outcome.sendNo() >= 1 && outcome.sendNo() <= present.sends().number()
        ? present.sends().with(outcome.sendNo(), Sends.Mark.APPROVED)
        : present.sends();
  }

  static Attempt in(Attempt a, AttemptState state, Sends sends, long run) {
    return new Attempt(
        a.order(),
        state,
        a.sendNo(),
        sends,
        a.firstSentAt(),
        a.lastSentAt(),
        a.transactionId(),
        a.settlingUntil(),
        a.declinesBefore(),
        a.firstDeclinedOn(),
        run);
  }

  private static Row with(Row row, Attempt attempt, @Nullable Instant notBefore) {
    return new Row(
        attempt,
        notBefore,
        row.hard(),
        row.retryOn(),
        row.asOf(),
        row.lookedUpRun(),
        row.adopted(),
        row.taken());
  }
}
