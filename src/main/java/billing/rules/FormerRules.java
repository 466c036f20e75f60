package billing.rules;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.Decision.Settle;
import billing.model.GatewayReply;
import billing.model.Order;
import billing.model.Sends;
import billing.rules.Resolution.Allowed;
import billing.rules.Resolution.Done;
import billing.rules.Resolution.NoAnswer;
import billing.rules.Resolution.Refused;
import billing.rules.ResolveRules.Charged;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a person may say about an attempt that went to a former account, where he looked and nobody
 * asks any more. That the present account has nothing of it proves nothing; what it has of it is
 * against him.
 *
 * @param present the account that is asked
 * @param installation whose account that is
 */
public record FormerRules(Horizon horizon, Account present, String installation) {

  public boolean isFormer(Attempt attempt) {
    return !attempt.order().wentTo(present, installation);
  }

  /** Whether its account is one of the gateway that is asked now. */
  public boolean isSameKind(Attempt attempt) {
    return attempt.order().account().gateway().equals(present.gateway());
  }

  /** Whether it is too early or too late to say that the attempt charged nothing there. */
  public Optional<Resolution<Sends>> notChargedAlready(Attempt attempt, Instant now) {
    return switch (attempt.state()) {
      case DECLINED, CANCELLED -> accountable(attempt, now);
      case PENDING ->
          attempt.sendNo() > 0
              ? accountable(attempt, now)
              : Optional.of(
                  new Refused<>(
                      attempt.key() + " is PENDING, and no send of it is on record",
                      "billing charge        which sends it to the present account, if it is due"));
      case SENT, REVIEW -> Optional.of(undecided(attempt));
      case SETTLED ->
          Optional.of(
              new Refused<>(
                  "%s is SETTLED by transaction %s"
                      .formatted(attempt.key(), attempt.transactionId()),
                  "billing resolve --invoice %s --charge-again --although-not-refunded"
                          .formatted(attempt.order().invoiceId())
                      + " --because TEXT        once refunded"));
    };
  }

  private Optional<Resolution<Sends>> accountable(Attempt attempt, Instant now) {
    if (attempt.sends().approved()) {
      return Optional.of(
          new Refused<>(
              "an approval of %s is on record".formatted(attempt.key()),
              "billing resolve %s --settled TXN --because TEXT".formatted(attempt.key())));
    }
    if (!attempt.sends().inDoubt()) {
      return Optional.of(
          new Done<>(
              "%s is %s, and all its sends are accounted for"
                  .formatted(attempt.key(), attempt.state())));
    }
    return Resolution.tooEarly(
        attempt,
        horizonOf(attempt),
        now,
        "its gateway",
        "the same command after that, once you have looked there again");
  }

  /** Of another gateway's timings nothing is known here, but that none waits longer than a day. */
  private Instant horizonOf(Attempt attempt) {
    var last = AttemptRules.lastSent(attempt);
    return isSameKind(attempt) && !attempt.sends().indeterminate()
        ? horizon.of(last)
        : last.plus(horizon.longest());
  }

  /**
   * The evidence per send once a person has seen that none of those charged that nobody answered.
   *
   * @param here all that the present account has under its key
   */
  public Resolution<Sends> notCharged(Attempt attempt, List<GatewayReply> here) {
    return FormerRules.<Sends>against(attempt, here)
        .orElseGet(() -> new Allowed<>(attempt.sends().accountedFor(), says(attempt, here)));
  }

  /** Whether it is too early or too late to say that the attempt was charged there. */
  public Optional<Resolution<Charged>> chargedAlready(Attempt attempt, String transactionId) {
    if (attempt.state() == AttemptState.SENT || attempt.state() == AttemptState.REVIEW) {
      return Optional.of(undecided(attempt));
    }
    return chargedUnseen(attempt, transactionId);
  }

  /** Whether that cannot be said of it where nobody can be asked. */
  static Optional<Resolution<Charged>> chargedUnseen(Attempt attempt, String transactionId) {
    return ResolveRules.chargedAlready(attempt, transactionId)
        .or(() ->
            attempt.sends().allRefused()
                ? Optional.of(
                    new Refused<>(
                        attempt.key() + " had an answer to each of its sends, and none approved it",
                        "if transaction %s paid invoice %s, enter it in the app"
                            .formatted(transactionId, attempt.order().invoiceId())))
                : Optional.empty());
  }

  /**
   * The charge that a person has seen there. Its amount is the order's: nobody can be asked for it.
   *
   * @param siblings the other attempts of its invoice, but for what a person released
   * @param here all that the present account has under its key
   * @param itself what it says of that transaction, where one of its kind can be asked: anything
   *     but that it has none is a better word than the person's
   */
  public Resolution<Charged> charged(
      Attempt attempt,
      String transactionId,
      List<Attempt> siblings,
      List<GatewayReply> here,
      GatewayReply itself) {
    var live = FormerRules.<Charged>besides(transactionId, siblings);
    if (live.isPresent()) {
      return live.get();
    }
    if (!(itself instanceof GatewayReply.NotFound)) {
      var found = new ArrayList<>(here);
      found.removeIf(reply -> reply.names(transactionId));
      found.add(itself);
      return ResolveRules.charged(attempt, transactionId, found);
    }
    var settle = new Settle(transactionId, attempt.order().amount());
    return FormerRules.<Charged>against(attempt, here)
        .orElseGet(() -> new Allowed<>(new Charged(settle, List.of()), says(attempt, here)));
  }

  /** Whether another attempt of the invoice keeps it from being paid by that transaction. */
  static <T> Optional<Resolution<T>> besides(String transactionId, List<Attempt> siblings) {
    return siblings.stream()
        .filter(one -> !one.state().chargedNothing())
        .findFirst()
        .map(live ->
            new Refused<>(
                "%s of the same invoice is %s".formatted(live.key(), live.state()),
                live.state() == AttemptState.SETTLED
                    ? "transaction %s is one charge too many: refund it on its account's own pages"
                        .formatted(transactionId)
                    : "the same command once that is decided"));
  }

  /** Then it is its account after all, and what it says is for the comparison to judge. */
  private static <T> Optional<Resolution<T>> against(Attempt attempt, List<GatewayReply> here) {
    var replies = new Replies(here);
    if (replies.failure().isPresent()) {
      return Optional.of(new NoAnswer<>(replies.failure().get()));
    }
    return replies.standing().isEmpty()
            && replies.processing().isEmpty()
            && replies.openDoor().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refused<>(
                "%s went to another account, and yet the one that is asked now has it: %s"
                    .formatted(attempt.key(), replies.words()),
                "billing reconcile        which judges what the gateway has"));
  }

  private static <T> Resolution<T> undecided(Attempt attempt) {
    return new Refused<>(
        "%s is %s, and went to %s, which alone can answer"
            .formatted(attempt.key(), attempt.state(), whose(attempt.order())),
        "set gateway.key to that account's, then the same command");
  }

  private static String says(Attempt attempt, List<GatewayReply> here) {
    return "%s; it went to %s, which is not asked any more, and where the person looked"
        .formatted(new Replies(here).words(), whose(attempt.order()));
  }

  /** The account that an order went to, for people; one without an id by its installation. */
  public static String whose(Order order) {
    var account = order.account();
    return "the %s account %s in %s mode"
        .formatted(
            account.gateway(),
            account.id() == null ? "of installation " + order.installation() : account.id(),
            account.live() ? "live" : "test");
  }
}
