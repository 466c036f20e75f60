package billing.run;

import billing.model.Attempt;
import billing.rules.UnaskedRules;
import java.time.Instant;
import java.util.List;

/**
 * That the gateway refuses the account that is enrolled, so that a person's word is to do alone.
 *
 * @param refusal the gateway's words
 */
record Unasked(UnaskedRules rules, String refusal) {

  /** In place of the gateway's answer, for the record. */
  String says() {
    return "not asked, it refused gateway.key: " + refusal;
  }

  /**
   * That a difference may stay as it is.
   *
   * @param attempts all of its invoice
   * @throws RunRefused where it is too early to say so
   */
  void requireAcceptable(List<Attempt> attempts, Instant now) {
    Verdicts.before(rules.acceptedAlready(attempts, now));
  }
}
