package billing.gateway;

import billing.model.Account;

/** What the gateway answered to the question whose account our key opens. */
public sealed interface AccountReply {

  /** Its id is null where the gateway does not tell it; the key works all the same. */
  record Known(Account account) implements AccountReply {}

  /** The key is refused. */
  record Refused(String text) implements AccountReply {}

  /** No answer that says anything. */
  record Unreachable(String why) implements AccountReply {}
}
