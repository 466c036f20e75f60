package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Decision.Settle;
import billing.model.GatewayReply;
import billing.model.Outcome;
import billing.model.Sends.Mark;
import billing.rules.FormerRules;
import billing.rules.Resolution;
import billing.rules.Resolution.Allowed;
import billing.store.Database;
import billing.store.Decisions;
import billing.store.History;
import billing.store.Resolutions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether an attempt that went to a former account was charged: a person has looked there. */
final class FormerMatter implements Matter {

  private final Database database;
  private final Inquiries gateway;
  private final FormerRules rules;
  private final Attempt attempt;
  private final @Nullable String transactionId;
  private final String because;

  /**
   * @param gateway the present account, which is asked all the same
   * @param attempt as it is under the lock
   * @param transactionId by which it was charged; null: it was not charged
   */
  FormerMatter(
      Database database,
      Inquiries gateway,
      FormerRules rules,
      Attempt attempt,
      @Nullable String transactionId,
      String because) {
    this.database = database;
    this.gateway = gateway;
    this.rules = rules;
    this.attempt = attempt;
    this.transactionId = transactionId;
    this.because = because;
  }

  @Override
  public Optional<String> before() {
    return transactionId == null
        ? Verdicts.before(rules.notChargedAlready(attempt, database.now()))
        : Verdicts.before(rules.chargedAlready(attempt, transactionId));
  }

  @Override
  public String decide(Resolutions resolutions) {
    return transactionId == null ? accountFor(resolutions) : settle(transactionId, resolutions);
  }

  private String accountFor(Resolutions resolutions) {
    var verdict = rules.notCharged(attempt, here());
    var sends = Verdicts.allowed(verdict).orElseThrow();
    Verdicts.written(
        resolutions.accountFor(
            attempt, sends, decision(Decisions.Kind.NOT_CHARGED, says(verdict))));
    return "%s stays %s, and its sends are accounted for. Invoice %s is charged by the next run"
            .formatted(attempt.key(), attempt.state(), invoiceId())
        + (attempt.state() == AttemptState.PENDING ? " but one, since that ends this attempt," : "")
        + " if it is due then";
  }

  private String settle(String transaction, Resolutions resolutions) {
    Verdicts.requireUnbooked(resolutions, transaction, attempt);
    var verdict =
        rules.charged(
            attempt,
            transaction,
            new History(database).beside(attempt),
            here(),
            itself(transaction));
    var charged = Verdicts.allowed(verdict).orElseThrow();
    var outcomes = new ArrayList<>(List.of(settled(charged.settle())));
    charged.twins().forEach(twin -> outcomes.add(settled(twin)));
    Verdicts.written(resolutions.settle(outcomes, decision(Decisions.Kind.SETTLED, says(verdict))));
    return "%s is SETTLED by transaction %s: %s of invoice %s are booked"
        .formatted(attempt.key(), transaction, charged.settle().taken(), invoiceId());
  }

  private Outcome settled(Settle settle) {
    var sends = attempt.sends().with(attempt.sendNo(), Mark.APPROVED);
    return new Outcome(attempt.key(), attempt.sendNo(), sends, settle, "");
  }

  private List<GatewayReply> here() {
    return gateway.find(attempt.withoutTransaction(), false);
  }

  /** Another kind of gateway would not even understand such an id. */
  private GatewayReply itself(String transaction) {
    return rules.isSameKind(attempt)
        ? gateway.look(transaction, attempt.order().amount().currency())
        : new GatewayReply.NotFound();
  }

  private Decisions.Decision decision(Decisions.Kind kind, String says) {
    return new Decisions.Decision(kind, attempt.key().value(), because, says);
  }

  private static String says(Resolution<?> verdict) {
    return verdict instanceof Allowed<?>(var what, var says) ? says : "";
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
