package billing.modelcheck;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.ClaimVerdict;
import billing.model.Decision;
import billing.model.DifferenceKind;
import billing.model.Fence;
import billing.model.Order;
import billing.model.Outcome;
import billing.model.Sends;
import billing.modelcheck.SimStore.Found;
import billing.modelcheck.SimStore.Row;
import billing.store.ClaimRequest;
import billing.store.ClaimResult;
import billing.store.Recorded;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The transactions of the model's database that change attempts: claims, noes, bookings. */
final class SimWrites {

  private final SimStore store;
  private final Instant now;

  SimWrites(SimStore store, Instant now) {
    this.store = store;
    this.now = now;
  }

  /** FencedWriter.claim: also tells by its result how the caller's fence moved. */
  ClaimResult claim(Fence mine, ClaimRequest request) {
    if (store.fence.equals(mine) && store.paused) {
      return new ClaimResult.Paused("paused");
    }
    return store.move(mine)
        ? claimed(mine.epoch(), request)
        : new ClaimResult.Fenced(mine, store.fence);
  }

  /** The inside of a claim, after the fence. */
  ClaimResult.Claimed claimed(long run, ClaimRequest request) {
    var candidates =
        chosen(request)
            .filter(row -> row.notBefore() == null || !row.notBefore().isAfter(now))
            .filter(row -> !store.keepsBack(row.attempt().order().invoiceId(), run))
            .filter(row -> store.elderInDoubt(row, run).isEmpty())
            .limit(request.limit())
            .toList();
    var sent = new ArrayList<Attempt>();
    var cancelled = new ArrayList<Attempt>();
    var found = new ArrayList<Found>();
    for (var row : candidates) {
      switch (request.judge().judge(row.attempt(), store.due(row.attempt().order().invoiceId()))) {
        case ClaimVerdict.Send(var order) -> sent.add(send(row, order, run, request.asOf()));
        case ClaimVerdict.Cancel(var why) -> cancelled.add(cancel(row, run));
        case ClaimVerdict.Differs(var difference) -> {
          cancelled.add(cancel(row, run));
          found.add(new Found(difference, null));
        }
      }
    }
    var opened = store.open(found, true, run);
    var nothingLeft = candidates.size() < request.limit();
    var next = nothingLeft ? nextNotBefore(request) : null;
    return new ClaimResult.Claimed(sent, cancelled, opened, nothingLeft, null, next, false);
  }

  /** What is PENDING, of the invoices that the request is narrowed to. */
  private Stream<Row> chosen(ClaimRequest request) {
    var only = request.onlyInvoices();
    return store.rows.stream()
        .filter(row -> row.attempt().state() == AttemptState.PENDING)
        .filter(row -> only == null || only.contains(row.attempt().order().invoiceId()));
  }

  private @Nullable Instant nextNotBefore(ClaimRequest request) {
    return chosen(request)
        .flatMap(row -> Stream.ofNullable(row.notBefore()))
        .filter(at -> at.isAfter(now))
        .min(Comparator.naturalOrder())
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
    store.replace(row.with(attempt, asOf, row.taken()));
    return attempt;
  }

  private Attempt cancel(Row row, long run) {
    cancel(store, row, run);
    return row.attempt();
  }

  /** What refused its claim goes with it; what refused the booking of an approval does not. */
  static void cancel(SimStore store, Row row, long run) {
    var attempt = in(row.attempt(), AttemptState.CANCELLED, row.attempt().sends(), run);
    store.replace(with(row, attempt, null));
    if (!attempt.sends().approved()) {
      store.gone(DifferenceKind.NOT_BOOKABLE, row.key().value());
    }
  }

  /** FencedWriter.record. */
  Recorded record(Fence mine, List<Outcome> outcomes) {
    return outcomes.isEmpty()
        ? new Recorded.Written(Set.of(), Set.of(), Map.of(), List.of(), false)
        : store.move(mine)
            ? recorded(mine.epoch(), outcomes)
            : new Recorded.Fenced(mine, store.fence);
  }

  Recorded.Written recorded(long run, List<Outcome> outcomes) {
    var written = new HashSet<ChargeKey>();
    var moved = new HashSet<ChargeKey>();
    var found = new ArrayList<Found>();
    var accounts = accounts(outcomes);
    for (var outcome : outcomes) {
      var row = store.row(outcome.key());
      if (row == null
          || row.attempt().state() != AttemptState.SENT
          || row.attempt().sendNo() != outcome.sendNo()) {
        moved.add(outcome.key());
        continue;
      }
      written.add(outcome.key());
      store.replace(decided(row, outcome, run, accounts));
      if (outcome.decision() instanceof Decision.No) {
        store.gone(DifferenceKind.NOT_BOOKABLE, outcome.key().value());
      }
      switch (outcome.decision()) {
        case Decision.Decline decline ->
            store.outbox.add(new SimStore.Mail(outcome.key(), "DECLINED"));
        case Decision.Cancel(var why, var difference) when difference != null -> {
          var order = row.attempt().order();
          var print = SimStore.print(order.amount().major(), order.paymentRef());
          found.add(new Found(difference, print));
        }
        default -> {}
      }
    }
    var opened = store.open(found, false, run);
    return new Recorded.Written(written, moved, Map.of(), opened, false);
  }

  private Row decided(Row row, Outcome outcome, long run, Set<Account> accounts) {
    var before = row.attempt();
    var decision = outcome.decision();
    var id = named(decision);
    var known = id != null && !id.equals(before.transactionId()) && store.belongs(id, accounts);
    var state = after(decision);
    var decline = decision instanceof Decision.Decline d ? d : null;
    var attempt =
        new Attempt(
            before.order(),
            state,
            before.sendNo(),
            decision instanceof Decision.No
                ? outcome.sends()
                : outcome.sends().keeping(before.sends()),
            before.firstSentAt(),
            before.lastSentAt(),
            id == null || known ? before.transactionId() : id,
            decision instanceof Decision.Settling(var txn, var deadline)
                ? deadline
                : decision instanceof Decision.Ask ? before.settlingUntil() : null,
            before.declinesBefore(),
            decline == null ? before.firstDeclinedOn() : decline.firstOn(),
            run);
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

  /** All accounts that the outcomes are of: usually one. */
  private Set<Account> accounts(List<Outcome> outcomes) {
    var accounts = new HashSet<Account>();
    for (var outcome : outcomes) {
      var row = store.row(outcome.key());
      if (row != null) {
        accounts.add(row.attempt().order().account());
      }
    }
    return accounts;
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

  static Row with(Row row, Attempt attempt, @Nullable Instant notBefore) {
    return row.with(attempt, row.asOf(), row.taken()).waiting(notBefore);
  }
}
