package billing.store;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.Decision.Ask;
import billing.model.Decision.Cancel;
import billing.model.Decision.CloseDoor;
import billing.model.Decision.Decline;
import billing.model.Decision.Repeat;
import billing.model.Decision.Review;
import billing.model.Decision.Settle;
import billing.model.Decision.Settling;
import billing.model.Difference;
import billing.model.Outcome;
import billing.model.Sends;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The inside of the transaction that writes noes, after the fence: each under its key and send
 * number, with what the app wants to hear of it and what the customer will be told.
 */
final class Noes {

  private static final Sql DECIDE = Sql.load("attempt/decide");
  private static final Sql OWN = Sql.load("attempt/own_transaction");
  private static final Sql QUEUE_MAIL = Sql.load("outbox/queue");

  /** What came of one transaction. */
  record Done(Set<ChargeKey> written, Set<ChargeKey> moved, List<Difference> differences) {}

  private final AppSql app;
  private final long runNo;
  private final boolean tellAdopted;
  private final Set<AttemptState> from;

  private Noes(AppSql app, long runNo, boolean tellAdopted, Set<AttemptState> from) {
    this.app = app;
    this.runNo = runNo;
    this.tellAdopted = tellAdopted;
    this.from = from;
  }

  /**
   * What a run may say: about what is SENT.
   *
   * @param tellAdopted whether customers hear of what was adopted
   */
  Noes(AppSql app, long runNo, boolean tellAdopted) {
    this(app, runNo, tellAdopted, Set.of(AttemptState.SENT));
  }

  /** What a person may say, who alone leads out of REVIEW. */
  static Noes ofAPerson(AppSql app, long runNo) {
    return new Noes(app, runNo, false, Set.of(AttemptState.SENT, AttemptState.REVIEW));
  }

  Done write(Handle handle, Collection<Outcome> outcomes) {
    var rows = AttemptRow.lock(handle, outcomes.stream().map(Outcome::key).toList());
    var known = knownTransactions(handle, outcomes, rows.values());
    var written = new HashSet<ChargeKey>();
    var moved = new HashSet<ChargeKey>();
    var json = new Json();
    var departing = new ArrayList<Long>();
    var left = new ArrayList<String>();
    var declined = new ArrayList<Long>();
    var told = new ArrayList<Long>();
    var differences = new ArrayList<Differences.Found>();
    for (var outcome : outcomes) {
      var row = rows.get(outcome.key());
      if (row == null || !finds(row.attempt(), outcome)) {
        moved.add(outcome.key());
        continue;
      }
      written.add(outcome.key());
      put(json.row().with("id", row.id()), outcome, row, known);
      if (outcome.decision() instanceof Decision.No
          && row.wasClaimed()
          && row.attempt().state() == AttemptState.SENT) {
        departing.add(row.id());
      }
      if (outcome.decision() instanceof Decision.No) {
        left.add(outcome.key().value());
      }
      if (outcome.decision() instanceof Decline) {
        declined.add(row.id());
        if (tellAdopted || !row.adopted()) {
          told.add(row.id());
        }
      }
      if (outcome.decision() instanceof Cancel(var why, var difference) && difference != null) {
        differences.add(new Differences.Found(difference, print(row)));
      }
    }
    if (!json.isEmpty()) {
      decide(handle, json);
      depart(handle, departing, declined);
      tell(handle, told);
      // It has left SENT, whatever refused that before.
      Differences.closeBookable(handle, left, runNo);
    }
    return new Done(written, moved, Differences.open(handle, differences, runNo, false));
  }

  /** Whether the attempt still stands where this answer is about it. */
  boolean finds(Attempt attempt, Outcome outcome) {
    return from.contains(attempt.state()) && attempt.sendNo() == outcome.sendNo();
  }

  private void decide(Handle handle, Json json) {
    var rows =
        handle
            .createUpdate(DECIDE.text())
            .bind("outcomes", json.text())
            .bind("run", runNo)
            .execute();
    Counts.expect(DECIDE, json.size(), rows);
  }

  private void depart(Handle handle, List<Long> departing, List<Long> declined) {
    if (app.after() != null && !departing.isEmpty()) {
      app.after().execute(handle, departing);
    }
    if (app.decline() != null && !declined.isEmpty()) {
      app.decline().execute(handle, declined);
    }
  }

  private void tell(Handle handle, List<Long> declined) {
    if (declined.isEmpty()) {
      return;
    }
    var rows =
        handle
            .createUpdate(QUEUE_MAIL.text())
            .bind("kind", "DECLINED")
            .bind("state", "HELD")
            .bind("run", runNo)
            .bindList("ids", declined)
            .execute();
    Counts.expect(QUEUE_MAIL, declined.size(), rows);
  }

  private static void put(Json row, Outcome outcome, AttemptRow before, Set<String> known) {
    row.with("send_no", outcome.sendNo())
        .with("from_state", before.attempt().state().name())
        .with("sends", sends(outcome, before).letters())
        .with("hard", outcome.decision() instanceof Decline d && d.hard() ? 1 : 0);
    var evidence = outcome.evidence();
    var transaction = transaction(outcome.decision());
    if (transaction != null
        && known.contains(transaction)
        && !transaction.equals(before.attempt().transactionId())) {
      evidence = "transaction " + transaction + " belongs to another attempt; " + evidence;
    } else if (transaction != null) {
      row.with("transaction_id", transaction);
      // Where two answers name it, the first has it.
      known.add(transaction);
    }
    if (outcome.decision() instanceof Review(var why, var id)) {
      evidence = Differences.cut(evidence, 600) + "; a person is needed: " + why;
    }
    row.with("evidence", Differences.cut(evidence, 1000));
    switch (outcome.decision()) {
      case Decline(var code, var text, var hard, var firstOn, var retryOn) ->
          row.with("state", "DECLINED")
              .with("decline_code", Differences.cut(code, 64))
              .with("decline_text", Differences.cut(text, 500))
              .with("first_declined_on", firstOn.toString())
              .with("retry_on", retryOn == null ? null : retryOn.toString());
      case Repeat(var why, var notBefore) ->
          row.with("state", "PENDING").with("not_before", Times.textOrNull(notBefore));
      case Cancel(var why, var difference) -> row.with("state", "CANCELLED");
      case Review(var why, var id) -> row.with("state", "REVIEW");
      case Ask(var why, var at, var afterDuplicate) ->
          row.with("state", "SENT")
              .with("settling_until", Times.textOrNull(before.attempt().settlingUntil()));
      case Settling(var id, var deadline) ->
          row.with("state", "SENT").with("settling_until", Times.text(deadline));
      case Settle s -> throw new IllegalArgumentException("an approval is no no: " + outcome.key());
      case CloseDoor d -> throw new IllegalArgumentException("not to be written: " + outcome.key());
    }
  }

  /** A note may be older than an approval that was heard since, and could not be booked. */
  private static Sends sends(Outcome outcome, AttemptRow before) {
    return outcome.decision() instanceof Decision.No
        ? outcome.sends()
        : outcome.sends().keeping(before.attempt().sends());
  }

  private static @Nullable String transaction(Decision decision) {
    return switch (decision) {
      case Review(var why, var id) -> id;
      case Settling(var id, var deadline) -> id;
      case Decline d -> null;
      case Repeat r -> null;
      case Cancel c -> null;
      case Ask a -> null;
      case Settle s -> null;
      case CloseDoor d -> null;
    };
  }

  /** Those of the named transactions that some attempt has already; usually nobody names any. */
  private static Set<String> knownTransactions(
      Handle handle, Collection<Outcome> outcomes, Collection<AttemptRow> rows) {
    var named = new HashSet<String>();
    for (var outcome : outcomes) {
      var id = transaction(outcome.decision());
      if (id != null) {
        named.add(id);
      }
    }
    var known = new HashSet<String>();
    if (named.isEmpty()) {
      return known;
    }
    // All of one account, except in the night in which a person has pinned another.
    rows.stream()
        .map(row -> row.attempt().order().account())
        .distinct()
        .forEach(account -> known.addAll(known(handle, account, named)));
    return known;
  }

  private static List<String> known(Handle handle, Account account, Set<String> named) {
    return handle
        .createQuery(OWN.text())
        .bind("gateway", account.gateway())
        .bind("account_id", AccountColumns.id(account))
        .bindList("gateway_transaction_ids", List.copyOf(named))
        .mapTo(String.class)
        .list();
  }

  private static String print(AttemptRow row) {
    var order = row.attempt().order();
    return Invoices.print(
        order.amount().major(),
        order.amount().currency().code(),
        order.customerRef(),
        order.paymentRef());
  }
}
