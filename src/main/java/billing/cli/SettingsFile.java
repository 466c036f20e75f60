package billing.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A settings file in the form of Java's properties, UTF-8, read with its line numbers.
 *
 * <p>Stricter than Java: an escape that means nothing is a problem, where Java silently drops the
 * backslash, and with it a character of somebody's password.
 *
 * @param entries in the file's order, duplicates included
 * @param problems what is wrong with its form, each with its place
 */
record SettingsFile(List<Entry> entries, List<Problem> problems) {

  /** One setting in the file, and the line on which it begins. */
  record Entry(String key, String value, int line) {}

  /** Something wrong, and where. */
  record Problem(String place, String text) {
    @Override
    public String toString() {
      return place + ": " + text;
    }
  }

  private static final long MOST_BYTES = 1 << 20;
  private static final Pattern MEANINGLESS_ESCAPE =
      Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\(?!u[0-9a-fA-F]{4}|[\\\\tnrf:=#! ])");

  /**
   * @throws OperatorError where the file cannot be read
   */
  static SettingsFile read(Path file) {
    var lines = lines(file);
    var entries = new ArrayList<Entry>();
    var problems = new ArrayList<Problem>();
    for (int i = 0; i < lines.size(); ) {
      int number = i + 1;
      var logical = new StringBuilder(lines.get(i++).stripLeading());
      if (logical.isEmpty() || logical.charAt(0) == '#' || logical.charAt(0) == '!') {
        continue;
      }
      while (isContinued(logical) && i < lines.size()) {
        logical.setLength(logical.length() - 1);
        logical.append(lines.get(i++).stripLeading());
      }
      add(logical.toString(), file + ":" + number, number, entries, problems);
    }
    return new SettingsFile(List.copyOf(entries), List.copyOf(problems));
  }

  private static void add(
      String logical, String place, int line, List<Entry> entries, List<Problem> problems) {
    if (MEANINGLESS_ESCAPE.matcher(logical).find()) {
      problems.add(
          new Problem(place, "a backslash that means nothing; write \\\\ for a backslash itself"));
      return;
    }
    var one = new Properties();
    try {
      one.load(new StringReader(logical));
    } catch (IOException e) {
      throw new IllegalStateException("a string can always be read", e);
    }
    one.stringPropertyNames()
        .forEach(key -> entries.add(new Entry(key, one.getProperty(key), line)));
  }

  private static boolean isContinued(CharSequence line) {
    int backslashes = 0;
    for (int i = line.length() - 1; i >= 0 && line.charAt(i) == '\\'; i--) {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static List<String> lines(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw unreadable(file, "it is larger than a settings file can be");
      }
      var text = Files.readString(file, StandardCharsets.UTF_8);
      return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
    } catch (CharacterCodingException e) {
      throw unreadable(file, "it is not in UTF-8");
    } catch (IOException e) {
      throw unreadable(file, Files.exists(file) ? "not readable for this user" : "it is not there");
    }
  }

  private static OperatorError unreadable(Path file, String why) {
    return new OperatorError(
        ExitCode.USAGE, "the settings file " + file + " cannot be read: " + why, "ls -l " + file);
  }
}
