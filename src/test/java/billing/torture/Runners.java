package billing.torture;

import billing.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Processes of {@code billing} that are under way, and how those that ended did. */
final class Runners implements AutoCloseable {

  /** One process. */
  record Runner(Process process, World.Host host, Path output) {}

  private final Path directory;
  private final List<Runner> running = new ArrayList<>();
  private final List<Runner> stopped = new ArrayList<>();
  private final Map<Integer, Integer> exits = new TreeMap<>();
  private final Set<World.Host> refused = new HashSet<>();
  private int started;
  private int fenced;

  Runners(Path directory) {
    this.directory = directory;
  }

  Runner start(World.Host host, String... args) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    command.addAll(List.of("--config", host.settings().toString()));
    var output = output(started++);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("BILLING_"));
    var process = builder.redirectOutput(output.toFile()).start();
    var runner = new Runner(process, host, output);
    running.add(runner);
    return runner;
  }

  private Path output(int number) {
    return directory.resolve("output-" + number + ".txt");
  }

  /** Counts those that have ended by themselves, and forgets them. */
  void reap() throws IOException {
    for (var runner : List.copyOf(running)) {
      if (!runner.process().isAlive()) {
        running.remove(runner);
        stopped.remove(runner);
        exits.merge(runner.process().exitValue(), 1, Integer::sum);
        learn(runner);
      }
    }
  }

  private void learn(Runner ended) throws IOException {
    var code = ended.process().exitValue();
    fenced += code == 6 && said(ended, "fenced") ? 1 : 0;
    if ((code == 6 && said(ended, "billing reconcile"))
        || (code == 7 && said(ended, "could not be booked"))) {
      refused.add(ended.host());
    }
  }

  /** Whether its output has this text in it. */
  static boolean said(Runner runner, String text) throws IOException {
    return Files.readString(runner.output()).contains(text);
  }

  /** What those few that were started last have said. */
  String last(int few) throws IOException {
    var said = new StringBuilder();
    for (int i = Math.max(0, started - few); i < started; i++) {
      said.append(Files.readString(output(i))).append('\n');
    }
    return said.toString();
  }

  /** One whose runs ask for a reconciliation since it was asked last. */
  Optional<World.Host> refused() {
    var any = refused.stream().findFirst();
    any.ifPresent(refused::remove);
    return any;
  }

  int alive() {
    return running.size();
  }

  int started() {
    return started;
  }

  int fenced() {
    return fenced;
  }

  /** How many ended with each code; 137 are those that were killed. */
  Map<Integer, Integer> exits() {
    return exits;
  }

  boolean kill(Random random) {
    var runner = pick(random);
    runner.ifPresent(one -> one.process().destroyForcibly());
    return runner.isPresent();
  }

  /** Every one, and waits for their ends. */
  void killAll() throws IOException {
    killAllBut(List.of());
  }

  void killAllBut(List<Runner> some) throws IOException {
    var those = running.stream().filter(runner -> !some.contains(runner)).toList();
    those.forEach(runner -> runner.process().destroyForcibly());
    those.forEach(runner -> runner.process().onExit().join());
    reap();
  }

  boolean signal(Random random, String signal) throws IOException, InterruptedException {
    var runner = pick(random);
    if (runner.isPresent()) {
      signal(runner.get(), signal);
    }
    if (signal.equals("STOP")) {
      runner.ifPresent(stopped::add);
    }
    return runner.isPresent();
  }

  /** Those that were stopped go on. */
  void goOn() throws IOException, InterruptedException {
    for (var runner : stopped) {
      signal(runner, "CONT");
    }
    stopped.clear();
  }

  void signal(Runner runner, String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(runner.process().pid()))
        .start()
        .waitFor();
  }

  /** One that has not ended. */
  private Optional<Runner> pick(Random random) {
    var alive = running.stream().filter(runner -> runner.process().isAlive()).toList();
    return alive.isEmpty()
        ? Optional.empty()
        : Optional.of(alive.get(random.nextInt(alive.size())));
  }

  /** Waits for the end of one; its exit code. */
  int await(Runner runner) throws IOException, InterruptedException {
    if (!runner.process().waitFor(3, TimeUnit.MINUTES)) {
      throw new IllegalStateException("no end in 3 minutes: " + Files.readString(runner.output()));
    }
    reap();
    return runner.process().exitValue();
  }

  @Override
  public void close() {
    running.forEach(runner -> runner.process().destroyForcibly());
  }
}
