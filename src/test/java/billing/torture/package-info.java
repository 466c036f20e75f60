/** Real processes, killed, stopped and cut off at random: docs/proof.md, "Torture". */
@NullMarked
package billing.torture;

import org.jspecify.annotations.NullMarked;
