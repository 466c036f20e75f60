package billing.sandbox;

/** What a request is about, the same for every gateway. */
public enum Operation {
  /** It asks for money. */
  CHARGE,
  /** It asks what the gateway has. */
  LOOKUP,
  /** It cancels what could still become a charge. */
  CLOSE,
  /** It gives money back, or voids. */
  REVERSE,
  /** It asks whose account the key opens. */
  ACCOUNT,
  OTHER
}
