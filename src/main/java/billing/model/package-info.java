/**
 * The nouns that all speak: money, order, attempt, what a gateway reply proved, what is decided.
 */
@NullMarked
package billing.model;

import org.jspecify.annotations.NullMarked;
