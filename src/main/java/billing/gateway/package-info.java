/** The port to a payment gateway, and the one careful HTTP exchange that every adapter uses. */
@NullMarked
package billing.gateway;

import org.jspecify.annotations.NullMarked;
