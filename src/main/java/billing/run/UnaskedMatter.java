package billing.run;

import billing.model.Attempt;
import billing.model.Decision;
import billing.model.Outcome;
import billing.model.Sends;
import billing.rules.UnaskedRules;
import billing.store.Database;
import billing.store.Decisions;
import billing.store.History;
import billing.store.Resolutions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether an attempt was charged by an account that the gateway refuses: a person's word alone. */
final class UnaskedMatter implements Matter {

  private final Database database;
  private final Unasked unasked;
  private final Attempt attempt;
  private final @Nullable String transactionId;
  private final String because;

  /**
   * @param attempt as it is under the lock
   * @param transactionId by which it was charged; null: it was not charged
   */
  UnaskedMatter(
      Database database,
      Unasked unasked,
      Attempt attempt,
      @Nullable String transactionId,
      String because) {
    this.database = database;
    this.unasked = unasked;
    this.attempt = attempt;
    this.transactionId = transactionId;
    this.because = because;
  }

  @Override
  public Optional<String> before() {
    return transactionId == null
        ? Verdicts.before(unasked.rules().notChargedAlready(attempt, database.now()))
        : Verdicts.before(
            UnaskedRules.chargedAlready(
                attempt, transactionId, new History(database).beside(attempt)));
  }

  @Override
  public String decide(Resolutions resolutions) {
    return transactionId == null ? cancel(resolutions) : settle(transactionId, resolutions);
  }

  /** What was never sure is unanswered: an account that answers again is asked again. */
  private String cancel(Resolutions resolutions) {
    var no = new Decision.Cancel("a person: not charged", null);
    Verdicts.written(
        resolutions.cancel(
            outcome(attempt.sends().unanswered(), no), decision(Decisions.Kind.NOT_CHARGED)));
    return "%s is CANCELLED: you say that it charged nothing, and nobody was asked"
        .formatted(attempt.key());
  }

  /** Its amount is the order's. No send is marked approved: the gateway never called it so. */
  private String settle(String transaction, Resolutions resolutions) {
    Verdicts.requireUnbooked(resolutions, transaction, attempt);
    var amount = attempt.order().amount();
    var settle = new Decision.Settle(transaction, amount);
    Verdicts.written(
        resolutions.settle(
            List.of(outcome(attempt.sends().accountedFor(), settle)),
            decision(Decisions.Kind.SETTLED)));
    return "%s is SETTLED by transaction %s: you say so, and nobody was asked. %s of invoice %s are"
            .formatted(attempt.key(), transaction, amount, invoiceId())
        + " booked, as they were asked for";
  }

  private Outcome outcome(Sends sends, Decision decision) {
    return new Outcome(attempt.key(), attempt.sendNo(), sends, decision, "");
  }

  private Decisions.Decision decision(Decisions.Kind kind) {
    return new Decisions.Decision(kind, attempt.key().value(), because, unasked.says());
  }

  @Override
  public String invoiceId() {
    return attempt.order().invoiceId();
  }

  @Override
  public boolean tells() {
    return transactionId != null;
  }
}
