package billing.sandbox;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a sale, by its customer vault id.
 *
 * <p>{@code V...} and plain numbers are stored cards, and approved. {@code V-DECLINE-202} (any
 * response code of NMI's table) is answered with that code, {@code V-HELD} is accepted and not
 * decided, and {@code V-MISSING...} does not exist; a further part, {@code V-DECLINE-202-17}, tells
 * many customers' cards apart.
 */
final class NmiVault {

  private static final Pattern KNOWN = Pattern.compile("V[A-Za-z0-9-]+|\\d+");
  private static final Pattern DECLINE = Pattern.compile("V-DECLINE-(\\d{3})(-.*)?");

  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("200", "DECLINE"),
          Map.entry("201", "DO NOT HONOR"),
          Map.entry("202", "INSUFFICIENT FUNDS"),
          Map.entry("203", "OVER LIMIT"),
          Map.entry("204", "TRANSACTION NOT ALLOWED"),
          Map.entry("220", "INCORRECT PAYMENT INFORMATION"),
          Map.entry("221", "NO SUCH CARD ISSUER"),
          Map.entry("222", "NO CARD NUMBER ON FILE WITH ISSUER"),
          Map.entry("223", "EXPIRED CARD"),
          Map.entry("224", "INVALID EXPIRATION DATE"),
          Map.entry("225", "INVALID CARD SECURITY CODE"),
          Map.entry("226", "INVALID PIN"),
          Map.entry("240", "CALL ISSUER FOR FURTHER INFORMATION"),
          Map.entry("250", "PICK UP CARD"),
          Map.entry("251", "LOST CARD"),
          Map.entry("252", "STOLEN CARD"),
          Map.entry("253", "FRAUDULENT CARD"),
          Map.entry("261", "STOP ALL RECURRING"),
          Map.entry("262", "STOP THIS RECURRING"),
          Map.entry("263", "UPDATED CARDHOLDER DATA AVAILABLE"),
          Map.entry("264", "RETRY IN A FEW DAYS"),
          Map.entry("410", "Invalid merchant configuration"),
          Map.entry("411", "Merchant account is inactive"),
          Map.entry("420", "Communication error"),
          Map.entry("421", "Communication error with issuer"),
          Map.entry("430", "Duplicate transaction at processor"),
          Map.entry("440", "Processor format error"),
          Map.entry("441", "Invalid transaction information"),
          Map.entry("460", "Processor feature not available"),
          Map.entry("461", "Unsupported card type"));

  private NmiVault() {}

  static boolean knows(String id) {
    return KNOWN.matcher(id).matches() && !id.startsWith("V-MISSING");
  }

  static boolean holds(String id) {
    return id.startsWith("V-HELD");
  }

  /** The response code that the id asks for; null for an approval. */
  static @Nullable String refusal(String id) {
    var matcher = DECLINE.matcher(id);
    return matcher.matches() ? matcher.group(1) : null;
  }

  static String text(String code) {
    return TEXTS.getOrDefault(code, "DECLINE");
  }
}
