package billing.sandbox;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a list is asked for: a time of creation in seconds, a page, and what is written out. */
final class StripeListing {

  private static final int LARGEST_PAGE = 100;

  private final Map<String, String> created;
  private final Instant until;
  private final int limit;
  private final @Nullable String after;
  private final Map<String, String> expanded;

  /**
   * @param until what is younger is hidden
   */
  private StripeListing(Form query, Instant until) {
    this.until = until;
    created = query.under("created");
    created.forEach((name, value) -> seconds(value));
    limit = limit(query.get("limit", "10"));
    after = query.get("starting_after");
    expanded = query.under("expand");
  }

  /** As Stripe shows it now: what is young is hidden for as long as lookups lag behind. */
  static StripeListing lagging(Form query, Instant now, Fault fault, Weather weather) {
    var hidden = fault.kind() == Fault.Kind.LOOKUP_STALE ? fault.delay() : weather.lag();
    return new StripeListing(query, now.minus(hidden));
  }

  private static int limit(String text) {
    var limit = seconds(text);
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw StripeError.invalid(
          "parameter_invalid_integer", "limit", "This value must be from 1 to " + LARGEST_PAGE);
    }
    return (int) limit;
  }

  private static long seconds(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw StripeError.invalid("parameter_invalid_integer", "created", "Invalid integer: " + text);
    }
  }

  int limit() {
    return limit;
  }

  @Nullable String after() {
    return after;
  }

  /** Whether what stands at this path is written out. */
  boolean expands(String path) {
    return expanded.containsValue(path);
  }

  boolean shows(Instant at) {
    var second = at.getEpochSecond();
    return !at.isAfter(until)
        && created.entrySet().stream().allMatch(c -> holds(c.getKey(), second, c.getValue()));
  }

  private static boolean holds(String comparison, long second, String bound) {
    var than = Long.parseLong(bound);
    return switch (comparison) {
      case "gt" -> second > than;
      case "gte" -> second >= than;
      case "lt" -> second < than;
      case "lte" -> second <= than;
      default ->
          throw StripeError.invalid(
              "parameter_unknown",
              "created[" + comparison + "]",
              "Received unknown parameter: created[" + comparison + "]");
    };
  }
}
