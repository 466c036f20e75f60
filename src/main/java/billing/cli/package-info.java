/** Commands, settings, output and exit codes. */
@NullMarked
package billing.cli;

import org.jspecify.annotations.NullMarked;
