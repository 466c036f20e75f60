package billing.store;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * One file of the app's SQL: one statement, whose parameters are all known to us.
 *
 * @param anyRows whether any number of affected rows is right
 * @param reads whether it is a SELECT
 */
record AppFile(String name, String sql, boolean anyRows, boolean reads) {

  private static final Pattern GIVEN = Pattern.compile("(?<![:\\w]):([A-Za-z_]\\w*)|<(\\w+)>");
  private static final Set<String> VERBS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");

  /** What a SELECT must not smuggle in. */
  private static final Pattern INTO_FILE =
      Pattern.compile("\\bINTO\\s+(OUTFILE|DUMPFILE|@)", Pattern.CASE_INSENSITIVE);

  /**
   * Checks the text as far as that goes without a database.
   *
   * @param given the names that the statement may use
   * @param needed those of them that it must use, to do what it is there for
   */
  static AppFile parse(
      String name, String text, Set<String> given, Set<String> needed, boolean reads) {
    String sql;
    String code;
    try {
      sql = SqlText.withoutComments(text).replaceFirst(";\\s*$", "");
      code = SqlText.code(sql);
    } catch (IllegalArgumentException e) {
      throw wrong(name, String.valueOf(e.getMessage()));
    }
    if (code.contains(";")) {
      throw wrong(name, "holds more than one statement; a file holds one");
    }
    var verb = code.strip().split("\\W", 2)[0].toUpperCase(Locale.ROOT);
    var allowed = reads ? Set.of("SELECT") : Set.of("INSERT", "UPDATE", "DELETE");
    if (!allowed.contains(verb) || INTO_FILE.matcher(code).find()) {
      throw wrong(
          name,
          (verb.isEmpty() ? "is empty" : "begins with " + verb)
              + "; it must be one "
              + String.join(", ", VERBS.stream().filter(allowed::contains).sorted().toList()));
    }
    if (code.contains("?")) {
      throw wrong(name, "uses ?; parameters have names");
    }
    checkNames(name, code, given, needed);
    var first = text.lines().findFirst().orElse("").strip();
    return new AppFile(name, sql, first.equalsIgnoreCase("-- rows: any"), reads);
  }

  private static void checkNames(String name, String code, Set<String> given, Set<String> needed) {
    var used = names(code);
    var unknown = new TreeSet<>(used);
    unknown.removeAll(given);
    if (!unknown.isEmpty()) {
      throw wrong(
          name,
          "uses %s; what it is given is %s"
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(given))));
    }
    var unused = new TreeSet<>(needed);
    unused.removeAll(used);
    if (!unused.isEmpty()) {
      throw wrong(name, "does not use " + String.join(", ", unused));
    }
  }

  /** Runs it over these attempts; the affected rows must equal their number. */
  void execute(Handle handle, List<Long> attemptIds) {
    int rows;
    try (var update = handle.createUpdate(sql)) {
      rows = update.bindList("attempt_ids", attemptIds).execute();
    } catch (RuntimeException e) {
      if (ServerError.isLost(e) || ServerError.isRepeatable(e) || ServerError.isNotWritable(e)) {
        throw e;
      }
      throw new AppRefused(name, e);
    }
    if (!anyRows && rows != attemptIds.size()) {
      throw new AppRefused(name, attemptIds.size(), rows);
    }
  }

  /** Asks it about these attempts; its first column are ids of some of them. */
  List<Long> attemptIds(Handle handle, List<Long> attemptIds) {
    try (var query = handle.createQuery(sql)) {
      return query.bindList("attempt_ids", attemptIds).map((row, context) -> row.getLong(1)).list();
    }
  }

  private static Set<String> names(String code) {
    return GIVEN
        .matcher(code)
        .results()
        .map(m -> m.group(1) == null ? "<" + m.group(2) + ">" : ":" + m.group(1))
        .collect(Collectors.toSet());
  }

  static DatabaseTrouble wrong(String name, String why) {
    return new DatabaseTrouble(DatabaseTrouble.Kind.APP_SQL, name + " " + why);
  }
}
