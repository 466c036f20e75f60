package billing.mail;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One template, compiled. Of an {@code .html} file every value is escaped, of the others none. A
 * name that has no value is an error; a value that is empty renders as nothing and makes a section
 * false.
 */
final class Template {

  /** Looks into maps alone: the stock one would find {@code length} and the like on a text. */
  private static final Mustache.Collector MAPS_ALONE =
      new BasicCollector() {
        @Override
        public <K, V> Map<K, V> createFetcherCache() {
          return new ConcurrentHashMap<>();
        }
      };

  private final String name;
  private final com.samskivert.mustache.Template compiled;

  private Template(String name, com.samskivert.mustache.Template compiled) {
    this.name = name;
    this.compiled = compiled;
  }

  String name() {
    return name;
  }

  /**
   * @throws TemplateTrouble naming the template and, where it is known, the line
   */
  static Template compile(String name, String source) {
    try {
      var compiler =
          Mustache.compiler()
              .escapeHTML(name.endsWith(".html"))
              .strictSections(true)
              .nullValue("")
              .emptyStringIsFalse(true)
              .withCollector(MAPS_ALONE)
              .withLoader(other -> {
                throw new MustacheException("a template cannot include another: " + other);
              });
      return new Template(name, compiler.compile(source));
    } catch (MustacheException e) {
      throw new TemplateTrouble(name + ": " + e.getMessage(), e);
    } catch (IndexOutOfBoundsException e) {
      // The library stumbles over a tag that has nothing in it, such as {{=}}.
      throw new TemplateTrouble(name + ": a tag between {{ and }} is not whole", e);
    }
  }

  /**
   * @throws TemplateTrouble naming the template, the line and the keys that there are
   */
  String render(Map<String, @Nullable Object> values) {
    try {
      return compiled.execute(values);
    } catch (MustacheException.Context e) {
      throw new TemplateTrouble(
          "%s line %d: there is no {{%s}}; there are %s"
              .formatted(name, e.lineNo, e.key, String.join(", ", new TreeSet<>(values.keySet()))),
          e);
    } catch (MustacheException e) {
      throw new TemplateTrouble(name + ": " + e.getMessage(), e);
    }
  }

  /** The keys that it names; one that it asks to be missing stands there with a ^ before it. */
  Set<String> keys() {
    var keys = new HashSet<String>();
    compiled.visit(
        new Mustache.Visitor() {
          @Override
          public void visitText(String text) {}

          @Override
          public void visitVariable(String key) {
            keys.add(key);
          }

          @Override
          public boolean visitInclude(String other) {
            return false;
          }

          @Override
          public boolean visitSection(String key) {
            keys.add(key);
            return true;
          }

          @Override
          public boolean visitInvertedSection(String key) {
            keys.add("^" + key);
            return true;
          }
        });
    return keys;
  }

  /**
   * As {@link #render}, and something must come of it that a customer can read.
   *
   * @param values in none of which braces occur
   */
  void check(Map<String, @Nullable Object> values) {
    var words = render(values);
    if (words.isBlank()) {
      throw new TemplateTrouble(name + ": it is empty");
    }
    if (words.contains("{{")) {
      throw new TemplateTrouble(name + ": a {{ has no }}"); // the library takes it for text
    }
  }
}
