package billing.sandbox;

import java.time.Instant;

/**
 * What became of a charge after its approval.
 *
 * @param number in the order in which they were made, from 1
 * @param charge as it was right after it
 * @param minor how much of it, in minor units
 * @param at on the gateway's clock; UTC
 */
record GivenBack(Kind kind, int number, Charge charge, long minor, Instant at) {

  enum Kind {
    /** The customer has got that much back. */
    REFUND,
    /** The customer's bank asks that much back. */
    DISPUTE
  }

  /** By which Stripe would call it. */
  String id() {
    return (kind == Kind.REFUND ? "re_sandbox" : "dp_sandbox") + number;
  }
}
