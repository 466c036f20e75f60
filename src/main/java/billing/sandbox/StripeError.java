package billing.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error as Stripe words it: an HTTP status and the members of {@code error}. */
final class StripeError extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Map<String, @Nullable Object> members = new LinkedHashMap<>();

  StripeError(int status, String type, @Nullable String code, String message) {
    super(message);
    this.status = status;
    members.put("type", type);
    if (code != null) {
      members.put("code", code);
      members.put("doc_url", "https://stripe.com/docs/error-codes/" + code.replace('_', '-'));
    }
    members.put("message", message);
  }

  /** HTTP 400, the request is at fault. */
  static StripeError invalid(@Nullable String code, String param, String message) {
    return new StripeError(400, "invalid_request_error", code, message).and("param", param);
  }

  /** There is no such object: 404 for the one in the path, 400 for one in a parameter. */
  static StripeError missing(int status, String param, String what, String id) {
    return new StripeError(
            status,
            "invalid_request_error",
            "resource_missing",
            "No such " + what + ": '" + id + "'")
        .and("param", param);
  }

  StripeError and(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  int status() {
    return status;
  }

  Map<String, @Nullable Object> members() {
    return members;
  }
}
