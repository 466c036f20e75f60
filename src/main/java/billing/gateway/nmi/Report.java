package billing.gateway.nmi;

import java.util.List;

/**
 * An answer of the Query API. It comes under HTTP 200 also where the question was refused, so a
 * clean "nothing" must be told from a failure.
 */
sealed interface Report {

  /** A clean answer, be it empty. */
  record Transactions(List<Filed> all) implements Report {}

  /** An {@code error_response}: the question was not answered. */
  record Refused(String text) implements Report {}

  /** Not an answer of the Query API. */
  record Unreadable(String why) implements Report {}
}
