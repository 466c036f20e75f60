/** Templates and the way to the mail server. */
@NullMarked
package billing.mail;

import org.jspecify.annotations.NullMarked;
