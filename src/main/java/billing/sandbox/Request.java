package billing.sandbox;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, read whole.
 *
 * @param headers by their names in lower case
 * @param form the body, where it is a form
 */
public record Request(
    String method, String path, Form query, Map<String, String> headers, String body, Form form) {

  @Nullable String header(String name) {
    return headers.get(name);
  }

  boolean isPost() {
    return method.equals("POST");
  }
}
