package billing.modelcheck;

import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Decision.Settle;
import billing.model.Difference;
import billing.model.DifferenceKind;
import billing.model.Outcome;
import billing.model.Sends;
import billing.modelcheck.SimStore.Bill;
import billing.modelcheck.SimStore.Found;
import billing.modelcheck.SimStore.Mail;
import billing.modelcheck.SimStore.Payment;
import billing.modelcheck.SimStore.Row;
import billing.store.Booked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Bookings.book in the model's database. */
final class SimBookings {

  private final SimStore store;
  private final long run;
  private final Set<ChargeKey> booked = new HashSet<>();
  private final Set<ChargeKey> moved = new HashSet<>();
  private final Map<ChargeKey, String> refused = new HashMap<>();
  private final List<Difference> opened = new ArrayList<>();
  private final List<Found> found = new ArrayList<>();
  private final Set<String> entered = new HashSet<>();

  /** The app's unique key over transactions, which knows no accounts. */
  private boolean enteredTwice;

  private SimBookings(SimStore store, long run) {
    this.store = store;
    this.run = run;
  }

  /** All at once, or each alone where one of them is refused. */
  static Booked book(SimStore store, long run, List<Outcome> settles) {
    var bookings = new SimBookings(store, run);
    if (settles.size() > 1 && new SimBookings(store.copy(), run).refuses(settles)) {
      settles.forEach(one -> bookings.commit(List.of(one)));
    } else {
      bookings.commit(settles);
    }
    return bookings.told();
  }

  private boolean refuses(List<Outcome> settles) {
    commit(settles);
    return !refused.isEmpty() || enteredTwice;
  }

  /** What comes late is looked at when the others are settled. */
  private void commit(List<Outcome> settles) {
    var late = settles.stream().filter(this::isLate).toList();
    settles.stream().filter(one -> !late.contains(one)).forEach(this::book);
    late.forEach(this::book);
    opened.addAll(store.open(found, false, run));
    found.clear();
  }

  private Booked told() {
    // Of those that were refused before, all count as one.
    var news = opened.stream().filter(d -> d.kind() == DifferenceKind.NOT_BOOKABLE).count();
    var tries = news + (refused.size() > news ? 1 : 0);
    var atFault = tries >= 2 && booked.isEmpty() && moved.isEmpty();
    return new Booked(booked, moved, refused, opened, atFault);
  }

  private void book(Outcome outcome) {
    var row = store.row(outcome.key());
    if (row == null) {
      throw new IllegalStateException("approved, but not in the database: " + outcome.key());
    }
    if (!(outcome.decision() instanceof Settle settle)) {
      throw new IllegalArgumentException("no approval: " + outcome.key());
    }
    switch (row.attempt().state()) {
      case SENT -> settle(row, outcome, settle);
      case SETTLED -> {
        if (settle.transactionId().equals(row.attempt().transactionId())) {
          booked.add(row.key());
        } else {
          chargedTwice(row, row, outcome, settle);
        }
      }
      case PENDING, DECLINED, CANCELLED -> late(row, outcome, settle);
      case REVIEW -> note(row, outcome);
    }
  }

  private boolean isLate(Outcome outcome) {
    var row = store.row(outcome.key());
    return row != null
        && switch (row.attempt().state()) {
          case PENDING, DECLINED, CANCELLED -> true;
          case SENT, SETTLED, REVIEW -> false;
        };
  }

  private void late(Row row, Outcome outcome, Settle settle) {
    var sibling = sibling(row);
    if (sibling != null && sibling.attempt().state() != AttemptState.PENDING) {
      chargedTwice(row, sibling, outcome, settle);
      return;
    }
    if (settle(row, outcome, settle)) {
      store.outbox.removeIf(m -> m.key().equals(row.key()) && m.kind().equals("DECLINED"));
      if (sibling != null) {
        SimWrites.cancel(store, sibling, run);
      }
    }
  }

  private @Nullable Row sibling(Row row) {
    return store.rows.stream()
        .filter(r -> r.live() && !r.key().equals(row.key()))
        .filter(r -> r.attempt().order().invoiceId().equals(row.attempt().order().invoiceId()))
        .findFirst()
        .orElse(null);
  }

  /** False: the transaction is another attempt's. */
  private boolean settle(Row row, Outcome outcome, Settle settle) {
    var before = row.attempt();
    var id = settle.transactionId();
    var account = before.order().account();
    if (!id.equals(before.transactionId()) && store.belongs(id, Set.of(account))) {
      refuse(row, outcome, id + " belongs to another attempt");
      return false;
    }
    var attempt =
        new Attempt(
            before.order(),
            AttemptState.SETTLED,
            before.sendNo(),
            sends(before, outcome),
            before.firstSentAt(),
            before.lastSentAt(),
            id,
            null,
            before.declinesBefore(),
            before.firstDeclinedOn(),
            run);
    store.replace(row.with(attempt, row.asOf(), settle.taken()));
    enter(attempt, settle);
    store.gone(DifferenceKind.NOT_BOOKABLE, row.key().value());
    booked.add(row.key());
    if (!row.adopted()) {
      store.outbox.add(new Mail(row.key(), "ACCEPTED"));
    }
    return true;
  }

  private void refuse(Row row, Outcome outcome, String why) {
    refused.put(row.key(), why);
    record(row, outcome);
    var invoice = row.attempt().order().invoiceId();
    var subject = row.key().value();
    found(new Difference(DifferenceKind.NOT_BOOKABLE, subject, invoice, why));
  }

  /** Into the app's books, unless they have it. */
  private void enter(Attempt attempt, Settle settle) {
    var id = settle.transactionId();
    if (store.payments.stream().anyMatch(p -> p.transactionId().equals(id))) {
      enteredTwice |= entered.contains(id);
      return;
    }
    entered.add(id);
    var invoice = attempt.order().invoiceId();
    var taken = settle.taken().minor();
    store.payments.add(new Payment(id, invoice, taken));
    store.bills.replaceAll(bill ->
        bill.id().equals(invoice) ? new Bill(invoice, bill.due() - taken, bill.card()) : bill);
    if (store.bills.stream().anyMatch(b -> b.id().equals(invoice) && b.due() < 0)) {
      found(Difference.overpaid(attempt));
    }
  }

  private void chargedTwice(Row row, Row beside, Outcome outcome, Settle settle) {
    note(row, outcome);
    found(Difference.chargedTwice(settle.transactionId(), settle.taken(), beside.attempt()));
  }

  private void found(Difference difference) {
    found.add(new Found(difference, null));
  }

  private void note(Row row, Outcome outcome) {
    moved.add(row.key());
    record(row, outcome);
  }

  /** The approval is on record, and nothing else changes. */
  private void record(Row row, Outcome outcome) {
    var before = row.attempt();
    var noted = SimWrites.in(before, before.state(), sends(before, outcome), run);
    store.replace(SimWrites.with(row, noted, row.notBefore()));
  }

  private static Sends sends(Attempt present, Outcome outcome) {
    if (outcome.sends().number() == present.sends().number()) {
      return outcome.sends();
    }
    return outcome.sendNo() >= 1 && outcome.sendNo() <= present.sends().number()
        ? present.sends().with(outcome.sendNo(), Sends.Mark.APPROVED)
        : present.sends();
  }
}
