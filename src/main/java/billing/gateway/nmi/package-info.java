/** NMI (Direct Post with customer vault, Query API). */
@NullMarked
package billing.gateway.nmi;

import org.jspecify.annotations.NullMarked;
