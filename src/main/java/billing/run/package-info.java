/** The imperative shell: obeys what the rules return, decides nothing. */
@NullMarked
package billing.run;

import org.jspecify.annotations.NullMarked;
