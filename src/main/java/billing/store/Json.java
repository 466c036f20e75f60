package billing.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows handed to one statement as one parameter, which the server unfolds with JSON_TABLE: so a
 * batch costs one round trip, and its statement stands whole in its file.
 */
final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<Map<String, Object>> rows = new java.util.ArrayList<>();

  /** Begins the next row. */
  Json row() {
    rows.add(new LinkedHashMap<>());
    return this;
  }

  /** Adds a field to the row; null is left out, and so becomes NULL. */
  Json with(String name, @Nullable Object value) {
    if (value != null) {
      rows.getLast().put(name, value);
    }
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  int size() {
    return rows.size();
  }

  String text() {
    return write(rows);
  }

  static String write(Collection<?> values) {
    return writeAny(values);
  }

  static String write(Map<String, ?> object) {
    return writeAny(object);
  }

  /** A flat object of texts, as written by {@link #write(Map)}. */
  static Map<String, String> read(String object) {
    try {
      var type =
          MAPPER.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, String.class);
      return MAPPER.readValue(object, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String writeAny(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
