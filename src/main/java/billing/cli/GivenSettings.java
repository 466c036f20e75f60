package billing.cli;

import billing.cli.SettingKey.Name;
import billing.cli.SettingsFile.Problem;
import billing.model.Currency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file and the environment say, before anybody looks at what it means: each setting once,
 * with the place that it comes from. The environment beats the file.
 *
 * @param file null where there is none
 */
record GivenSettings(@Nullable Path file, Map<Name, Given> values, List<Problem> problems) {

  /**
   * One setting as it was given.
   *
   * @param place file and line, or the environment variable
   */
  record Given(String text, String place) {}

  private static final String FILE_VARIABLE = "BILLING_CONFIG";
  private static final Path INSTALLED = Path.of("/etc/billing/billing.properties");
  private static final String OF_A_FILE = "_FILE";

  /** Read by the launcher and by us, and no settings. */
  private static final Set<String> NO_SETTINGS =
      Set.of(FILE_VARIABLE, "BILLING_HOME", "BILLING_JAVA");

  /** What may be quoted of an unknown key. Anything else may be a secret that lost its key. */
  private static final Pattern KEY_LIKE =
      Pattern.compile("BILLING_\\w+|[A-Za-z-]{1,20}(?:\\.[A-Za-z-]{1,20}){1,3}");

  /**
   * @param named the file of {@code --config}
   * @throws OperatorError where a file that was named cannot be read
   */
  static GivenSettings collect(
      @Nullable Path named, Map<String, String> environment, Path workingDirectory) {
    var file = find(named, environment, workingDirectory);
    var given = new GivenSettings(file, new HashMap<>(), new ArrayList<>());
    if (file != null) {
      given.addFile(file);
    }
    given.addEnvironment(new TreeMap<>(environment));
    return given;
  }

  private static @Nullable Path find(
      @Nullable Path named, Map<String, String> environment, Path workingDirectory) {
    if (named != null) {
      return workingDirectory.resolve(named);
    }
    var variable = environment.getOrDefault(FILE_VARIABLE, "");
    if (!variable.isEmpty()) {
      return workingDirectory.resolve(variable);
    }
    var here = workingDirectory.resolve("billing.properties");
    return Files.exists(here) ? here : Files.exists(INSTALLED) ? INSTALLED : null;
  }

  private void addFile(Path file) {
    var read = SettingsFile.read(file);
    problems.addAll(read.problems());
    var lines = new HashMap<Name, Integer>();
    for (var entry : read.entries()) {
      var place = file + ":" + entry.line();
      var name = SettingKey.named(entry.key()).orElse(null);
      if (name == null) {
        problems.add(new Problem(place, unknown(entry.key(), keys())));
        continue;
      }
      var earlier = lines.putIfAbsent(name, entry.line());
      if (earlier == null) {
        add(name, entry.value(), entry.key(), place);
      } else {
        problems.add(
            new Problem(place, entry.key() + " is set a second time, first on line " + earlier));
      }
    }
  }

  private void addEnvironment(Map<String, String> environment) {
    for (var variable : environment.keySet()) {
      if (!variable.startsWith("BILLING_") || NO_SETTINGS.contains(variable)) {
        continue;
      }
      var value = environment.getOrDefault(variable, "");
      var place = "environment variable " + variable;
      var name = SettingKey.ofVariable(variable);
      var secret = secretOfFile(variable);
      if (name.isPresent()) {
        add(name.get(), value, name.get().key().key(), place);
      } else if (secret.isEmpty()) {
        problems.add(new Problem(place, unknown(variable, variables())));
      } else if (environment.containsKey(secret.get().variable())) {
        problems.add(
            new Problem(
                place, secret.get().key() + " is set by " + secret.get().variable() + ", too"));
      } else {
        addSecretFile(secret.get(), value, place);
      }
    }
  }

  private void addSecretFile(SettingKey secret, String file, String place) {
    try {
      var text = Files.readString(Path.of(file));
      add(new Name(secret, ""), text.replaceFirst("\r?\n$", ""), secret.key(), place);
    } catch (IOException | IllegalArgumentException e) {
      problems.add(
          new Problem(
              place, secret.key() + ": the file that it names is not there or not readable"));
    }
  }

  private void add(Name name, String text, String key, String place) {
    var value = name.key().secret() ? text : text.strip();
    if (value.isEmpty()) {
      problems.add(
          new Problem(
              place, key + " is empty; expected " + name.key().expected() + ", or no such line"));
    } else if (!value.equals(value.strip())) {
      problems.add(new Problem(place, key + " begins or ends with a blank"));
    } else if (name.key().perCurrency() && Currency.of(name.currency()).isEmpty()) {
      problems.add(new Problem(place, name.currency() + " in " + key + " is no ISO 4217 currency"));
    } else {
      values.put(name, new Given(value, place));
      return;
    }
    // A value that is wrong in the environment must not fall back to the file's, or to a default.
    values.put(name, new Given("", place));
  }

  private static Optional<SettingKey> secretOfFile(String variable) {
    return SettingKey.secrets().stream()
        .filter(secret -> variable.equals(secret.variable() + OF_A_FILE))
        .findFirst();
  }

  private static String unknown(String key, List<String> known) {
    var nearest = Suggestion.nearest(key, known).map(near -> "; did you mean " + near + "?");
    if (nearest.isEmpty() && !KEY_LIKE.matcher(key).matches()) {
      return "not a setting (not shown here: it may be a piece of a password)";
    }
    return "there is no setting " + key + nearest.orElse("");
  }

  private static List<String> keys() {
    return Arrays.stream(SettingKey.values()).map(SettingKey::key).toList();
  }

  private static List<String> variables() {
    return Arrays.stream(SettingKey.values()).map(SettingKey::variable).toList();
  }
}
