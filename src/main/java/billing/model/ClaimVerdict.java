package billing.model;

/** What the re-check under the invoice's row lock says about one PENDING attempt. */
public sealed interface ClaimVerdict {

  /** PENDING → SENT with this order, which is frozen from now on. */
  record Send(Order order) implements ClaimVerdict {}

  /** PENDING → CANCELLED. */
  record Cancel(String why) implements ClaimVerdict {}

  /** PENDING → CANCELLED, and a person should know. */
  record Differs(Difference difference) implements ClaimVerdict {}
}
