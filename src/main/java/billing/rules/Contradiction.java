package billing.rules;

import billing.model.Attempt;
import billing.model.Decision.Review;
import billing.model.Echo;
import billing.model.Sends.Mark;
import org.jspecify.annotations.Nullable;

/**
 * A reply that is not as we asked, so that a person is needed.
 *
 * <p>What bears another charge key than ours, or none, is about somebody else's charge: what became
 * of our send it leaves open, and its transaction is never put down as the attempt's. It is only
 * named.
 *
 * @param what what does not fit, in words
 * @param echo null where the reply tells nothing of its charge
 */
record Contradiction(
    Attempt attempt, String what, @Nullable Echo echo, @Nullable String transactionId) {

  boolean isAnothers() {
    return echo != null && !echo.bears(attempt.key());
  }

  Review review() {
    if (echo == null || !isAnothers()) {
      return new Review(what, transactionId);
    }
    var key = echo.chargeKey() == null ? "no key" : "the key " + echo.chargeKey();
    var named = transactionId == null ? "" : ", transaction " + transactionId + " under " + key;
    return new Review(what + named, null);
  }

  /**
   * What follows for the attempt.
   *
   * @param ours what the newest send is where the reply is about it
   */
  Ruling ruling(Mark ours) {
    return new Ruling(
        isAnothers() ? attempt.sends() : AttemptRules.marked(attempt, ours), review());
  }
}
