package billing.gateway;

import java.util.regex.Pattern;

/** A gateway's own id of a transaction, as far as the database can keep it whole. */
public final class TransactionId {

  private static final Pattern FORM = Pattern.compile("[!-~]{1,128}");

  private TransactionId() {}

  public static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }
}
