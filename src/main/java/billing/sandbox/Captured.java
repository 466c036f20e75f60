package billing.sandbox;

import billing.model.Money;
import java.time.Instant;

/**
 * That an authorization was captured, apart from being made.
 *
 * @param number in the order in which they were made, from 1
 * @param authorized what was held, of which it may have taken a part
 * @param charge as it was right after it
 * @param at on the gateway's clock; UTC
 */
record Captured(int number, Money authorized, Charge charge, Instant at) {

  /** By which Stripe would call the event. */
  String id() {
    return "evt_sandbox" + number;
  }
}
