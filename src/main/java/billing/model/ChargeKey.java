package billing.model;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of an attempt, everywhere: idempotency key, order reference, seed of the Message-ID.
 *
 * <p>Deterministic, so that a database that forgot an attempt produces the same key again and the
 * gateway recognises it. At most 20 characters of {@code A-Z 0-9 -}: one gateway has no room for
 * more, and some compare without case.
 */
public record ChargeKey(String value) implements Comparable<ChargeKey> {

  private static final int ROOM = 20;
  private static final Pattern FORM = Pattern.compile("[A-Z0-9-]{1," + ROOM + "}");
  private static final Pattern MADE = Pattern.compile("[A-Z0-9]{1,4}-(-?[A-Z0-9]+)-([1-9]\\d*)");
  private static final Pattern LITERAL = Pattern.compile("[A-Z0-9]+");
  private static final Pattern PREFIX = Pattern.compile("[A-Z0-9]{1,4}");

  /**
   * @throws IllegalArgumentException where the value has not the form of a key
   */
  public ChargeKey {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a charge key: " + value);
    }
  }

  /** Whether the text is a key as they are made, which no gateway's transaction id is. */
  public static boolean isOne(String text) {
    return text.length() <= ROOM && MADE.matcher(text).matches();
  }

  /** {@code PREFIX-ID-N}, or {@code PREFIX--HASH-N} where the id does not fit literally. */
  public static ChargeKey of(String prefix, String invoiceId, int attemptNo) {
    if (!PREFIX.matcher(prefix).matches() || attemptNo < 1) {
      throw new IllegalArgumentException("prefix " + prefix + ", attempt " + attemptNo);
    }
    var end = "-" + attemptNo;
    var literal = prefix + "-" + invoiceId + end;
    if (LITERAL.matcher(invoiceId).matches() && literal.length() <= ROOM) {
      return new ChargeKey(literal);
    }
    var room = ROOM - prefix.length() - 2 - end.length();
    var hash = base32(invoiceId);
    return new ChargeKey(prefix + "--" + hash.substring(hash.length() - room) + end);
  }

  private static String base32(String text) {
    try {
      var sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      var digits = new BigInteger(1, sha).toString(32).toUpperCase(Locale.ROOT);
      return "0".repeat(52 - digits.length()) + digits;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public int compareTo(ChargeKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
