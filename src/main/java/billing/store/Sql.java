package billing.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One statement of ours, from its file in {@code sql/}. A file that is missing ends the start. */
record Sql(String name, String text) {

  /**
   * @param name its path below {@code sql/}, without the ending
   */
  static Sql load(String name) {
    return new Sql(name, SqlText.withoutComments(resource(name + ".sql")));
  }

  static String resource(String path) {
    try (var in = Sql.class.getResourceAsStream("/billing/sql/" + path)) {
      if (in == null) {
        throw new IllegalStateException("not in the program: sql/" + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
