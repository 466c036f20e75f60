package billing.gateway;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An {@code application/x-www-form-urlencoded} body in the order in which it is written, so that a
 * repeat has the same bytes. May hold a secret: it is never printed.
 */
public final class Form {

  private final StringBuilder text = new StringBuilder();

  /** Adds a field; null leaves it out. The brackets of nested names stay as they are. */
  public Form with(String name, @Nullable String value) {
    if (value != null) {
      text.append(text.isEmpty() ? "" : "&").append(name).append('=').append(encode(value));
    }
    return this;
  }

  public String body() {
    return text.toString();
  }

  /** The same as the query of an address, where brackets have no place. */
  public String query() {
    return text.toString().replace("[", "%5B").replace("]", "%5D");
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Form[***]";
  }
}
