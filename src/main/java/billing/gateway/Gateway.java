package billing.gateway;

import billing.model.Attempt;
import billing.model.GatewayReply;

/** A payment gateway, as this program needs it. Safe for use by many threads at once. */
public interface Gateway extends Inquiries, AutoCloseable {

  /** How many requests a second the vendor allows such an account; 0: it publishes no limit. */
  int requestsPerSecond();

  /**
   * Asks for the money, once. The request's body begins to leave only if the permit is valid at
   * that moment; otherwise the reply is the proof {@code NotCharged(…, NEVER_LEFT)}.
   *
   * @param attempt SENT; its send number tells a first send from a repeat
   */
  GatewayReply charge(Attempt attempt, Permit permit);

  @Override
  void close();
}
