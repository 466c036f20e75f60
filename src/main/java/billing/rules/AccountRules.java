package billing.rules;

import billing.model.GatewayReply;
import billing.model.GatewayReply.NotFound;
import billing.model.GatewayReply.Unknown;
import java.util.List;

/**
 * Whether a key opens the account that charged before, where the gateway tells no account's id: an
 * approval of long enough ago is there, or it is another account.
 */
public final class AccountRules {

  /** What the question about an old approval of ours has shown. */
  public enum Verdict {
    SAME,
    OTHER,
    /** The question itself failed, or its answer leaves everything open: that shows nothing. */
    UNANSWERED
  }

  private AccountRules() {}

  /** From everything that the gateway has under the key of a charge that it once approved. */
  public static Verdict judge(List<GatewayReply> all) {
    if (GatewayReply.isUnanswered(all)) {
      return Verdict.UNANSWERED;
    }
    if (all.stream().allMatch(NotFound.class::isInstance)) {
      return Verdict.OTHER;
    }
    // What was not asked for is in any account.
    return all.stream().allMatch(AccountRules::leavesItOpen) ? Verdict.UNANSWERED : Verdict.SAME;
  }

  private static boolean leavesItOpen(GatewayReply reply) {
    return reply instanceof NotFound || reply instanceof Unknown;
  }
}
