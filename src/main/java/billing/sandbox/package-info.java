/** A gateway simulator with one ledger of truth, a mail server and an embedded database. */
@NullMarked
package billing.sandbox;

import org.jspecify.annotations.NullMarked;
