/** What follows from what is known. Pure: no I/O, no clock, no randomness, no framework. */
@NullMarked
package billing.rules;

import org.jspecify.annotations.NullMarked;
