package billing.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The checked {@code db.url}: one server, one schema, and no parameter that would take a decision
 * about money out of our hands.
 *
 * @param base the URL without its parameters
 */
record DatabaseUrl(String base, String server, String schema, Map<String, String> parameters) {

  private static final Pattern FORM =
      Pattern.compile(
          "(jdbc:mysql://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?/([A-Za-z0-9_$-]{1,64}))(\\?(.*))?");

  /** Each with the reason that the error gives. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("autoreconnect", "a lost session must be noticed"),
          Map.entry("autoreconnectforpools", "a lost session must be noticed"),
          Map.entry("useaffectedrows", "row counts must be of matched rows"),
          Map.entry("rewritebatchedstatements", "row counts must be told"),
          Map.entry("allowmultiqueries", "one statement must stay one statement"),
          Map.entry("jdbccomplianttruncation", "nothing may be cut silently"),
          Map.entry("uselocalsessionstate", "the session's state must be the server's"),
          Map.entry("uselocaltransactionstate", "every commit must reach the server"),
          Map.entry("sessionvariables", "the session is set up by billing itself"),
          Map.entry("connectiontimezone", "sessions run in UTC"),
          Map.entry("servertimezone", "sessions run in UTC"),
          Map.entry("forceconnectiontimezonetosession", "sessions run in UTC"),
          Map.entry("user", "it belongs into db.user"),
          Map.entry("password", "it belongs into db.password"),
          Map.entry("password1", "it belongs into db.password"));

  private static final int LEAST_SOCKET_TIMEOUT = 15_000;

  static DatabaseUrl parse(String url) {
    var matcher = FORM.matcher(url);
    if (!matcher.matches()) {
      throw refused(
          "expected jdbc:mysql://HOST[:PORT]/SCHEMA with one host (the same for MariaDB); lists of"
              + " hosts, replication and load balancing are not taken");
    }
    var parameters = new TreeMap<String, String>();
    var query = matcher.group(6) == null ? "" : matcher.group(6);
    for (var pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length != 2) {
        throw refused("expected NAME=VALUE for each of its parameters");
      }
      var reason = REFUSED.get(parts[0].toLowerCase(Locale.ROOT));
      if (reason != null) {
        throw refused("the parameter " + parts[0] + " is refused: " + reason);
      }
      parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    checkTimeout(parameters, "connectTimeout", 1);
    checkTimeout(parameters, "socketTimeout", LEAST_SOCKET_TIMEOUT);
    var port = matcher.group(3) == null ? ":3306" : matcher.group(3);
    return new DatabaseUrl(
        matcher.group(1), matcher.group(2) + port, matcher.group(4), Map.copyOf(parameters));
  }

  Properties properties() {
    var properties = new Properties();
    properties.putAll(parameters);
    return properties;
  }

  /** For messages: never with parameters, among which a secret could be. */
  @Override
  public String toString() {
    return schema + " on " + server;
  }

  private static void checkTimeout(Map<String, String> parameters, String name, int least) {
    var value = parameters.get(name);
    if (value != null && !(value.matches("\\d{1,9}") && Integer.parseInt(value) >= least)) {
      throw refused(name + " must be a number of milliseconds, at least " + least);
    }
  }

  private static DatabaseTrouble refused(String why) {
    return new DatabaseTrouble(DatabaseTrouble.Kind.SETTINGS, "db.url: " + why);
  }
}
