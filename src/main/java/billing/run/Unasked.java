package billing.run;

import billing.gateway.Inquiries;
import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.model.GatewayReply.AccountRefused;
import billing.rules.FormerRules;
import billing.rules.UnaskedRules;
import billing.store.Installation;
import java.util.List;

/**
 * That the gateway refuses the account that is enrolled, so that a person's word is to do alone.
 *
 * @param installation whose account that is
 * @param refusal the gateway's words
 */
record Unasked(Inquiries gateway, Installation installation, UnaskedRules rules, String refusal) {

  /** In place of the gateway's answer, for the record. */
  String says() {
    return "not asked, it refused gateway.key: " + refusal;
  }

  boolean wentHere(Attempt attempt) {
    return attempt.order().wentTo(installation.account(), installation.id());
  }

  /**
   * That it went to the account that is refused, and not to a former one.
   *
   * @throws RunRefused where it did not
   */
  void requireSentHere(Attempt attempt) {
    if (!wentHere(attempt)) {
      throw Verdicts.refused(
          "%s went to %s, and not to the account that is enrolled"
              .formatted(attempt.key(), FormerRules.whose(attempt.order())),
          "the same command without %s, once another account is enrolled"
              .formatted(UnaskedRules.OPTION));
    }
  }

  /**
   * That the gateway answers nothing about an attempt, whatever else it refuses to such a key.
   *
   * @throws RunRefused where it does not refuse the question
   */
  void requireRefused(Attempt attempt) {
    requireRefused(attempt.key().value(), gateway.find(attempt.withoutTransaction(), false));
  }

  /** The same of a transaction, by the gateway's own id. */
  void requireRefused(String transactionId) {
    requireRefused(transactionId, List.of(gateway.look(transactionId, null)));
  }

  private static void requireRefused(String subject, List<GatewayReply> said) {
    if (!said.stream().allMatch(AccountRefused.class::isInstance)) {
      throw Verdicts.refused(
          "the gateway does not refuse the question about " + subject,
          "the same command without %s, now or later".formatted(UnaskedRules.OPTION));
    }
  }
}
