package billing.cli;

import billing.model.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** One call of the program: its environment, its console, and the options of every command. */
@Command
final class Invocation {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "The settings (else $BILLING_CONFIG, ./billing.properties,"
              + " /etc/billing/billing.properties).")
  private @Nullable Path config;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "One JSON document on stdout, also on failure.")
  private boolean json;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      scope = ScopeType.INHERIT,
      converter = DurationConverter.class,
      description = "How long to wait for another run to end, such as 30m (else: not at all).")
  private Duration wait = Duration.ZERO;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Print nothing where everything went well.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Say more; the stack of a bug, too.")
  private boolean verbose;

  @Option(names = "--no-color", scope = ScopeType.INHERIT, description = "No colors.")
  private boolean noColor;

  private final Console console;
  private final Map<String, String> environment;

  Invocation(Console console, Map<String, String> environment) {
    this.console = console;
    this.environment = Map.copyOf(environment);
  }

  Console console() {
    return noColor ? console.withoutColour() : console;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Reads and checks all settings. */
  Settings settings() {
    return Settings.load(config, environment, Path.of("").toAbsolutePath());
  }

  boolean json() {
    return json;
  }

  /** How long to wait for the lock. */
  Duration patience() {
    return wait;
  }

  boolean quiet() {
    return quiet;
  }

  boolean verbose() {
    return verbose;
  }

  /** Durations as the settings spell them. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Durations.parse(text)
          .orElseThrow(() -> new TypeConversionException("expected a duration such as 90s or 30m"));
    }
  }
}
