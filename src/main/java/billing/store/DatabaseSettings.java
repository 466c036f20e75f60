package billing.store;

/**
 * How a database is reached, as one of its users.
 *
 * @param url a JDBC URL of one MySQL or MariaDB server and one schema
 */
public record DatabaseSettings(String url, String user, String password) {

  @Override
  public String toString() {
    return "DatabaseSettings[" + url + ", user=" + user + ", password=***]";
  }
}
