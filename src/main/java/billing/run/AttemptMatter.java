package billing.run;

import billing.gateway.Gateway;
import billing.model.Attempt;
import billing.model.ChargeKey;
import billing.model.Decision;
import billing.model.GatewayReply.Closed;
import billing.model.Outcome;
import billing.model.Sends;
import billing.model.Sends.Mark;
import billing.rules.Resolution;
import billing.rules.Resolution.Allowed;
import billing.rules.ResolveRules;
import billing.rules.ResolveRules.NotCharged;
import billing.rules.Words;
import billing.store.AttemptReader;
import billing.store.Database;
import billing.store.Decisions;
import billing.store.Resolutions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether an attempt that nobody else can judge was charged. */
final class AttemptMatter implements Matter {

  /** An attempt has one thing that is open, seldom two. */
  private static final int DOORS = 5;

  private final Database database;
  private final Gateway gateway;
  private final ResolveRules rules;
  private final Supplier<Duration> clocksApart;
  private final ChargeKey key;
  private final @Nullable String transactionId;
  private final String because;
  private @Nullable Attempt attempt;

  /**
   * @param clocksApart of database, host and gateway
   * @param transactionId by which it was charged; null: it was not charged
   */
  AttemptMatter(
      Database database,
      Gateway gateway,
      ResolveRules rules,
      Supplier<Duration> clocksApart,
      ChargeKey key,
      @Nullable String transactionId,
      String because) {
    this.database = database;
    this.gateway = gateway;
    this.rules = rules;
    this.clocksApart = clocksApart;
    this.key = key;
    this.transactionId = transactionId;
    this.because = because;
  }

  @Override
  public Optional<String> before() {
    var found = known(database, key);
    attempt = found;
    return transactionId == null
        ? Verdicts.before(rules.notChargedAlready(found, database.now()))
        : Verdicts.before(ResolveRules.chargedAlready(found, transactionId));
  }

  /**
   * The attempt of that key.
   *
   * @throws RunRefused where there is none
   */
  static Attempt known(Database database, ChargeKey key) {
    return new AttemptReader(database)
        .byKey(key)
        .orElseThrow(
            () -> Verdicts.unknown("attempt " + key, "billing show INVOICE, which names the keys"));
  }

  @Override
  public String decide(Resolutions resolutions) {
    var known = attempt();
    return transactionId == null
        ? cancel(known, resolutions)
        : settle(known, transactionId, resolutions);
  }

  private String settle(Attempt known, String transaction, Resolutions resolutions) {
    var found = new Questions(gateway).about(known, transaction);
    var verdict = ResolveRules.charged(known, transaction, found);
    var charged = Verdicts.allowed(verdict).orElseThrow();
    var sends = known.sends().with(known.sendNo(), Mark.APPROVED);
    var outcomes = new ArrayList<Outcome>();
    outcomes.add(outcome(known, sends, charged.settle()));
    charged.twins().forEach(twin -> outcomes.add(outcome(known, sends, twin)));
    Verdicts.written(resolutions.settle(outcomes, decision(Decisions.Kind.SETTLED, says(verdict))));
    var twins =
        charged.twins().isEmpty()
            ? ""
            : "; charged more than once, see what is open below: refund the other one there";
    return "%s is SETTLED by transaction %s: %s of invoice %s are booked%s"
        .formatted(key, transaction, charged.settle().taken(), known.order().invoiceId(), twins);
  }

  private String cancel(Attempt known, Resolutions resolutions) {
    for (int doors = 0; doors < DOORS; doors++) {
      var found = new Questions(gateway).about(known);
      var verdict = rules.notCharged(known, found, clocksApart.get());
      switch (Verdicts.allowed(verdict).orElseThrow()) {
        case NotCharged.Cancel(var sends) -> {
          var no = new Decision.Cancel("a person: not charged", null);
          Verdicts.written(
              resolutions.cancel(
                  outcome(known, sends, no), decision(Decisions.Kind.NOT_CHARGED, says(verdict))));
          return "%s is CANCELLED: it charged nothing. Invoice %s is charged by the next run if it"
                  .formatted(key, known.order().invoiceId())
              + " is due then";
        }
        case NotCharged.CloseFirst(var open) -> closeThere(known, open);
      }
    }
    throw Verdicts.noAnswer("it still holds something open under " + key);
  }

  private void closeThere(Attempt known, String transaction) {
    var reply = gateway.close(known, transaction);
    if (!(reply instanceof Closed)) {
      throw Verdicts.noAnswer(
          "transaction %s could not be cancelled there: %s"
              .formatted(transaction, Words.of(reply)));
    }
  }

  private static Outcome outcome(Attempt known, Sends sends, Decision decision) {
    return new Outcome(known.key(), known.sendNo(), sends, decision, "");
  }

  private Decisions.Decision decision(Decisions.Kind kind, String says) {
    return new Decisions.Decision(kind, key.value(), because, says);
  }

  private static String says(Resolution<?> verdict) {
    return verdict instanceof Allowed<?>(var what, var says) ? says : "";
  }

  private Attempt attempt() {
    if (attempt == null) {
      throw new IllegalStateException(key + " was not looked at");
    }
    return attempt;
  }

  @Override
  public String invoiceId() {
    return attempt().order().invoiceId();
  }

  @Override
  public boolean tells() {
    return transactionId != null;
  }
}
