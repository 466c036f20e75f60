package billing.run;

import billing.gateway.AccountReply;
import billing.gateway.Inquiries;
import billing.model.Account;
import billing.rules.Finding;
import billing.rules.UnaskedRules;
import billing.store.Database;
import billing.store.Installation;
import billing.store.Installations;

/** Whose installation this is: nothing is asked of another account than the one pinned. */
final class Enrolled {

  private Enrolled() {}

  /**
   * The installation in force, whose account the gateway's key opens.
   *
   * @throws RunRefused where there is none, or the prefix or the account is another one, or the
   *     gateway does not tell
   */
  static Installation check(Database database, Inquiries gateway, String prefix) {
    var installation = current(database, prefix);
    refuseOtherAccount(gateway, installation.account());
    new PinnedAccount(database, attempt -> gateway.find(attempt, false)).require(installation);
    return installation;
  }

  /**
   * In the gateway's words, that it refuses the account pinned, so that nobody can ask it. That the
   * key is that account's own cannot be proved: any other that is refused looks the same.
   *
   * @throws RunRefused where the gateway is of another kind, or does not refuse the key
   */
  static String refusal(Inquiries gateway, Account pinned) {
    if (!gateway.kind().equals(pinned.gateway())) {
      throw new RunRefused(
          Finding.PAUSED.exitCode(),
          "gateway.kind is %s, but %s is enrolled".formatted(gateway.kind(), text(pinned)),
          "the gateway's settings as they were, then the same command");
    }
    return switch (gateway.account()) {
      case AccountReply.Refused(var why) -> why;
      case AccountReply.Known(var account) ->
          throw new RunRefused(
              Finding.PAUSED.exitCode(),
              "the gateway does not refuse gateway.key: it opens " + text(account),
              account.equals(pinned)
                  ? "the same command without " + UnaskedRules.OPTION
                  : "the gateway's settings as they were, then the same command");
      case AccountReply.Unreachable(var why) -> throw unreachable(why);
    };
  }

  private static RunRefused unreachable(String why) {
    return new RunRefused(
        Finding.GATEWAY_UNREACHABLE.exitCode(),
        "the gateway could not be reached: " + why + ". Nothing was sent.",
        RunRefused.THE_SAME + "        later; it is always safe");
  }

  /**
   * The installation in force, whosever account the gateway's key opens.
   *
   * @throws RunRefused where there is none, or the prefix is another one
   */
  static Installation current(Database database, String prefix) {
    var installation =
        new Installations(database)
            .current()
            .orElseThrow(() ->
                new RunRefused(
                    Finding.PAUSED.exitCode(),
                    "this installation was never enrolled",
                    "billing enroll --because TEXT"));
    if (!installation.prefix().equals(prefix)) {
      throw new RunRefused(
          Finding.PAUSED.exitCode(),
          "charge.prefix is %s, but %s is enrolled".formatted(prefix, installation.prefix()),
          "correct charge.prefix, or: billing enroll --because TEXT");
    }
    return installation;
  }

  private static void refuseOtherAccount(Inquiries gateway, Account pinned) {
    switch (gateway.account()) {
      case AccountReply.Known(var account) when account.equals(pinned) -> {}
      case AccountReply.Known(var account) ->
          throw new RunRefused(
              Finding.PAUSED.exitCode(),
              "the gateway key opens %s, but %s is enrolled".formatted(text(account), text(pinned)),
              "correct gateway.key, or: billing enroll --because TEXT");
      case AccountReply.Refused(var why) ->
          throw new RunRefused(
              Finding.ACCOUNT_REFUSED.exitCode(),
              "the gateway refused gateway.key: " + why,
              "correct gateway.key; nothing was sent. Where the account was closed:"
                  + " docs/cutover.md");
      case AccountReply.Unreachable(var why) -> throw unreachable(why);
    }
  }

  private static String text(Account account) {
    return "%s account %s in %s mode"
        .formatted(
            account.gateway(),
            account.id() == null ? "(without an id)" : account.id(),
            account.live() ? "live" : "test");
  }
}
