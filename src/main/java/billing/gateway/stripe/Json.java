package billing.gateway.stripe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Strict reading of a reply's JSON: anything odd is no JSON, and an odd field is not there. */
final class Json {

  /** Nothing that we ask about was made before, and no deadline is reckoned from later. */
  private static final long EARLIEST = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

  private static final long LATEST = Instant.parse("2100-01-01T00:00:00Z").getEpochSecond();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxStringLength(64 * 1024)
                          .maxNumberLength(64)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** The object that the text is, or empty. */
  static Optional<JsonNode> object(String text) {
    try {
      return Optional.ofNullable(MAPPER.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException broken) {
      return Optional.empty();
    }
  }

  static @Nullable String text(JsonNode node, String field) {
    var value = node.path(field);
    return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
  }

  /** An id, whether the object that it names was expanded or not. */
  static @Nullable String id(JsonNode node, String field) {
    var value = node.path(field);
    return value.isObject() ? text(value, "id") : text(node, field);
  }

  static @Nullable Long number(JsonNode node, String field) {
    var value = node.path(field);
    return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : null;
  }

  static @Nullable Boolean flag(JsonNode node, String field) {
    var value = node.path(field);
    return value.isBoolean() ? value.booleanValue() : null;
  }

  /** A time of this century in seconds since 1970, UTC. */
  static @Nullable Instant time(JsonNode node, String field) {
    var seconds = number(node, field);
    return seconds == null || seconds < EARLIEST || seconds >= LATEST
        ? null
        : Instant.ofEpochSecond(seconds);
  }

  /** Whether the field is there, and what was read from it is nothing. */
  static boolean isOdd(JsonNode node, String field, @Nullable Object read) {
    return node.hasNonNull(field) && read == null;
  }
}
