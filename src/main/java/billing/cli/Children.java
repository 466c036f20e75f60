package billing.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Commands of this program in processes of their own, as cron would start them. */
final class Children implements AutoCloseable {

  /** One that was started; what it says goes to a file. */
  record Child(Process process, Path output) {

    /** Its exit code, once it has ended. */
    int await() throws InterruptedException {
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("pid " + process.pid() + " did not end in 3 minutes");
      }
      return process.exitValue();
    }

    List<String> said() {
      try {
        return Files.readAllLines(output);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final String SETTING = "BILLING_";

  /** Where the program is and with which Java it runs: no settings. */
  private static final Set<String> NO_SETTINGS = Set.of("BILLING_HOME", "BILLING_JAVA");

  private final Path settings;
  private final Path directory;
  private final Map<String, String> environment;
  private final List<Child> started = new ArrayList<>();

  Children(Path settings, Path directory) {
    this(settings, directory, System.getenv());
  }

  /**
   * @param environment of this process; a child gets none of the settings in it, since there they
   *     would beat its file, and lead it to another database
   */
  Children(Path settings, Path directory, Map<String, String> environment) {
    this.settings = settings;
    this.directory = directory;
    this.environment = new HashMap<>(environment);
    settingsIn(environment).forEach(this.environment::remove);
  }

  /** The names of the settings in an environment, sorted. */
  static List<String> settingsIn(Map<String, String> environment) {
    return environment.keySet().stream()
        .filter(name -> name.startsWith(SETTING) && !NO_SETTINGS.contains(name))
        .sorted()
        .toList();
  }

  Child start(String... args) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<String>();
    command.addAll(
        List.of(java, "-XX:+UseSerialGC", "-Xlog:disable", "-Xlog:all=error:stderr", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    command.addAll(List.of("--config", settings.toString()));
    var output = directory.resolve("output-" + started.size() + ".txt");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    var process = builder.start();
    var child = new Child(process, output);
    started.add(child);
    return child;
  }

  /** Ends what still works. */
  @Override
  public void close() {
    started.forEach(child -> child.process().destroyForcibly());
  }
}
