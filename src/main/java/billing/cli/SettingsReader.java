package billing.cli;

import billing.cli.GivenSettings.Given;
import billing.cli.SettingKey.Name;
import billing.cli.SettingsFile.Problem;
import billing.model.Currency;
import billing.model.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Gives what is set its type, and gathers everything that is wrong instead of stopping at it. */
final class SettingsReader {

  private static final int MOST_QUOTED = 60;

  private final GivenSettings given;
  private final List<Problem> problems;

  SettingsReader(GivenSettings given) {
    this.given = given;
    this.problems = new ArrayList<>(given.problems());
  }

  /** All that is wrong, in the order in which it was met. */
  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** The setting or its default; empty where there is neither, or where a problem was noted. */
  <T> Optional<T> read(SettingKey key, Function<String, Optional<T>> parser) {
    var set = given.values().get(new Name(key, ""));
    if (set == null) {
      if (key.required()) {
        problems.add(new Problem(source(), key.key() + " is missing; expected " + key.expected()));
      }
      return key.fallback().flatMap(parser);
    }
    return parse(key, key.key(), set, parser);
  }

  /** The amounts of a setting that is there once per currency. */
  SortedMap<Currency, Money> amounts(SettingKey key) {
    var amounts = new TreeMap<Currency, Money>();
    given
        .values()
        .forEach((name, set) -> {
          if (name.key() == key) {
            Currency.of(name.currency())
                .flatMap(currency ->
                    parse(
                        key,
                        key.key().replace("XXX", name.currency()),
                        set,
                        text -> SettingValues.amount(text, currency)))
                .ifPresent(money -> amounts.put(money.currency(), money));
          }
        });
    return amounts;
  }

  /** Notes what is wrong about a setting beside its form. */
  void problem(SettingKey key, String text) {
    var set = given.values().get(new Name(key, ""));
    problems.add(new Problem(set == null ? source() : set.place(), key.key() + ": " + text));
  }

  private <T> Optional<T> parse(
      SettingKey key, String written, Given set, Function<String, Optional<T>> parser) {
    if (set.text().isEmpty()) {
      return Optional.empty(); // its problem is noted
    }
    var value = parser.apply(set.text());
    if (value.isEmpty()) {
      // A password that was written into the URL would be quoted with it.
      var hidden = key.secret() || key == SettingKey.DB_URL;
      var what = hidden ? " is not as expected" : " is \"" + quoted(set.text()) + "\"";
      problems.add(new Problem(set.place(), written + what + "; expected " + key.expected()));
    }
    return value;
  }

  private String source() {
    var file = given.file();
    return file == null ? "no settings file" : file.toString();
  }

  /** What stands before an @ in an address, or looks like a key, is not shown. */
  private static String quoted(String text) {
    var plain =
        text.replaceAll("\\p{Cntrl}", "?")
            .replaceAll("//.*@", "//***@")
            .replaceAll("^[^/]*:[^/].*@", "***@")
            .replaceAll("\\b[rs]k_(live|test)_\\w+", "***");
    return plain.length() > MOST_QUOTED ? plain.substring(0, MOST_QUOTED) + "..." : plain;
  }
}
