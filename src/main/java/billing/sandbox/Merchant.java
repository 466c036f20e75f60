package billing.sandbox;

/**
 * Whose account a key opens.
 *
 * @param id made of the key, so that another key is another account
 * @param live false for the test mode
 */
public record Merchant(String id, boolean live) {

  static Merchant of(String key) {
    var hash = Integer.toUnsignedString(key.hashCode(), 36);
    return new Merchant("acct_1Sandbox" + hash, key.startsWith("sk_live_"));
  }
}
