package billing.run;

import billing.model.Attempt;
import billing.model.GatewayReply;
import billing.rules.AccountRules;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.store.AttemptReader;
import billing.store.Database;
import billing.store.Installation;
import java.util.List;
import java.util.function.Function;

/**
 * The account of a gateway that tells no account's id: it is pinned by the first approval. In
 * another account a doubt would not be found, and be sent again.
 */
final class PinnedAccount {

  private final AttemptReader reader;
  private final Function<Attempt, List<GatewayReply>> find;

  /**
   * @param find everything that the gateway has under an attempt's key
   */
  PinnedAccount(Database database, Function<Attempt, List<GatewayReply>> find) {
    this.reader = new AttemptReader(database);
    this.find = find;
  }

  /**
   * Before the first doubt is looked up.
   *
   * @throws RunRefused where the key opens another account, or the gateway does not tell
   */
  void require(Installation installation) {
    if (contradicts(installation)) {
      throw new RunRefused(
          Finding.PAUSED.exitCode(),
          "the gateway key opens another %s account than the one that charged before: a charge of"
                  .formatted(installation.account().gateway())
              + " more than a day ago is not there. Nothing was touched.",
          "correct gateway.key; where the account was changed on purpose, once nothing is in doubt:"
              + " billing enroll --because TEXT");
    }
  }

  /**
   * Whether the account is another one than that of the installation's charges. One question to the
   * gateway, a few where its answers leave it open, and none where there is no such charge yet or
   * the account has an id.
   */
  boolean contradicts(Installation installation) {
    var account = installation.account();
    if (account.id() != null) {
      return false;
    }
    var known =
        reader.pinned(installation.id(), account.gateway(), Limits.SURELY_LISTED, Limits.PINNED);
    for (var charge : known) {
      switch (AccountRules.judge(find.apply(charge))) {
        case SAME -> {
          return false;
        }
        case OTHER -> {
          return true;
        }
        // An older one may be told of: else nothing newer would ever be charged.
        case UNANSWERED -> {}
      }
    }
    if (known.isEmpty()) {
      return false;
    }
    throw new RunRefused(
        Finding.GATEWAY_UNREACHABLE.exitCode(),
        "the gateway did not answer the question about charge %s, so nobody knows whose"
                .formatted(known.getFirst().key())
            + " account this is. Nothing was sent.",
        RunRefused.THE_SAME + "        later; it is always safe");
  }
}
