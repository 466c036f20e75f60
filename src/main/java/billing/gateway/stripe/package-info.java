/** Stripe (PaymentIntents, off-session, confirmed at creation). */
@NullMarked
package billing.gateway.stripe;

import org.jspecify.annotations.NullMarked;
