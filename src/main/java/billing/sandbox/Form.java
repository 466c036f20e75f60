package billing.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decoded fields of a form or a query string; of a field that comes twice the last, but of a
 * list ({@code name[]}) each.
 */
public record Form(Map<String, String> fields) {

  static final Form EMPTY = new Form(Map.of());

  /**
   * @throws IllegalArgumentException where an escape is malformed
   */
  static Form parse(String text) {
    if (text.isEmpty()) {
      return EMPTY;
    }
    var fields = new LinkedHashMap<String, String>();
    for (var pair : text.split("&", -1)) {
      var equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals);
      if (!name.isEmpty()) {
        var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        fields.put(numbered(decode(name), fields.size()), value);
      }
    }
    return new Form(fields);
  }

  private static String numbered(String name, int number) {
    return name.endsWith("[]") ? name.substring(0, name.length() - 1) + number + "]" : name;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Nullable String get(String name) {
    return fields.get(name);
  }

  String get(String name, String otherwise) {
    return fields.getOrDefault(name, otherwise);
  }

  boolean is(String name) {
    return "true".equals(fields.get(name));
  }

  Set<String> names() {
    return fields.keySet();
  }

  /** The fields {@code name[KEY]} by their keys. */
  Map<String, String> under(String name) {
    var found = new LinkedHashMap<String, String>();
    for (var field : fields.entrySet()) {
      var full = field.getKey();
      if (full.startsWith(name + "[") && full.endsWith("]")) {
        found.put(full.substring(name.length() + 1, full.length() - 1), field.getValue());
      }
    }
    return found;
  }
}
