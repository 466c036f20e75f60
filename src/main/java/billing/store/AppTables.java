package billing.store;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which tables a statement of the app's SQL names, and which of them it may change. */
final class AppTables {

  private static final String NAME = "([\\w$]+)(?:\\s*\\.\\s*([\\w$]+))?";
  private static final Pattern NAMED =
      Pattern.compile(
          "\\b(?:FROM|JOIN|INTO|UPDATE)\\s+(?:(?:LOW_PRIORITY|IGNORE)\\s+)*" + NAME,
          Pattern.CASE_INSENSITIVE);
  private static final Pattern LISTED =
      Pattern.compile("\\G(?:\\s+(?:AS\\s+)?\\w+)?\\s*,\\s*" + NAME);

  private AppTables() {}

  /** As {@code schema.table}, lower case; a table without a schema is in the default one. */
  static Set<String> named(AppFile file, String defaultSchema) {
    var code = codeWithNames(file.sql());
    var names = new HashSet<String>();
    var matcher = NAMED.matcher(code);
    while (matcher.find()) {
      names.add(name(matcher.group(1), matcher.group(2), defaultSchema));
      var listed = LISTED.matcher(code).region(matcher.end(), code.length());
      while (listed.find()) {
        names.add(name(listed.group(1), listed.group(2), defaultSchema));
      }
    }
    return names;
  }

  private static String name(String first, String second, String defaultSchema) {
    var name = second == null ? defaultSchema + "." + first : first + "." + second;
    return name.toLowerCase(Locale.ROOT);
  }

  /** The code, with names that are quoted in backticks as if they were not. */
  private static String codeWithNames(String sql) {
    var text = new StringBuilder();
    for (var piece : SqlText.pieces(sql)) {
      switch (piece.nature()) {
        case CODE -> text.append(piece.text());
        case COMMENT -> text.append(' ');
        case QUOTED ->
            text.append(
                piece.text().startsWith("`")
                    ? piece.text().substring(1, piece.text().length() - 1)
                    : "'");
      }
    }
    return text.toString();
  }
}
