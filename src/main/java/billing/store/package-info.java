/** The database: lock, fence, claims, bookings, history, and the witness file beside it. */
@NullMarked
package billing.store;

import org.jspecify.annotations.NullMarked;
