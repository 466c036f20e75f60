package billing.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private final Path settings;
  private final Path directory;
  private final List<Child> started = new ArrayList<>();

  Children(Path settings, Path directory) {
    this.settings = settings;
    this.directory = directory;
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
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
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
