package billing.store;

import java.util.Optional;

/**
 * How a database is reached, as one of its users.
 *
 * @param url a JDBC URL of one MySQL or MariaDB server and one schema
 */
public record DatabaseSettings(String url, String user, String password) {

  /** What is wrong with a {@code db.url}, without quoting it; empty where it can be used. */
  public static Optional<String> objection(String url) {
    try {
      DatabaseUrl.parse(url);
      return Optional.empty();
    } catch (DatabaseTrouble trouble) {
      return Optional.ofNullable(trouble.getMessage());
    }
  }

  /** Without the URL's parameters, among which a secret could be. */
  @Override
  public String toString() {
    var plain = url.replaceFirst("(?s)\\?.*", "").replaceFirst("(?s)//.*@", "//***@");
    return "DatabaseSettings[" + plain + ", user=" + user + ", password=***]";
  }
}
