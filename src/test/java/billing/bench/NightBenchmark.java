package billing.bench;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures whole nights, as cron would start them: {@code bin/billing charge} is a process of its
 * own, with the database, the gateway and the mail server beside it on the same machine. How to
 * start it, and what it has shown: docs/benchmarks.md.
 */
final class NightBenchmark {

  private static final String WEATHER = "latency=50ms";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "gateway.concurrency", "64",
          "gateway.rate", "0",
          "gateway.timeout", "10s",
          "charge.max-declines", "100");
  private static final long POLL_MS = 20;
  private static final int STARTS = 7;

  private final String gateway;
  private final Path launcher = Path.of("bin", "billing").toAbsolutePath();

  private NightBenchmark(String gateway) {
    this.gateway = gateway;
  }

  /** Arguments: the gateway, then pairs of how many are due and how many in a hundred declined. */
  public static void main(String[] args) throws Exception {
    var bench = new NightBenchmark(args.length == 0 ? "stripe" : args[0]);
    var nights =
        args.length > 2
            ? List.of(args).subList(1, args.length)
            : List.of("1000", "0", "10000", "0", "10000", "10");
    for (int i = 0; i + 1 < nights.size(); i += 2) {
      bench.night(Integer.parseInt(nights.get(i)), Integer.parseInt(nights.get(i + 1)), i == 0);
    }
  }

  private void night(int invoices, int declined, boolean first)
      throws IOException, InterruptedException {
    var directory = Files.createTempDirectory("billing-bench-");
    var weather = Weather.parse(WEATHER);
    try (var around = Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(weather))) {
      var settings = around.settings(gateway, SETTINGS).toString();
      must("migrate", "-q", "--config", settings);
      around.grant();
      must("enroll", "--because", "a benchmark", "-q", "--config", settings);
      around.fill(gateway, invoices, declined, LocalDate.now(ZoneOffset.UTC));
      System.out.printf(
          "%s, %,d invoices, %d in a hundred declined; load before: %s%n",
          gateway, invoices, declined, load());
      measure(around, invoices, settings);
      if (first) {
        // Once, and at once: what the night charged leaves the listing a minute later.
        System.out.printf(
            "  a charge with nothing due, which compares that night: %d ms%n",
            milliseconds("charge", "-q", "--config", settings));
        System.out.printf("  --help %d ms (median of %d)%n", median("--help"), STARTS);
      }
      System.out.printf("  load after: %s%n", load());
    }
  }

  private void measure(Surroundings around, int invoices, String settings)
      throws IOException, InterruptedException {
    var before = Counters.of(around);
    var startedAt = System.nanoTime();
    var process = start("charge", "--config", settings);
    long peak = 0;
    Counters money = null;
    while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, peakKilobytes(process.pid()));
      // The first mail: everything about money is written by then.
      if (money == null && !around.mail().received().isEmpty()) {
        money = Counters.of(around);
      }
    }
    var whole = (System.nanoTime() - startedAt) / 1e9;
    var after = Counters.of(around);
    var seconds =
        around.count(
                "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(at), MAX(at)) FROM charge_events WHERE"
                    + " send_no > 0")
            / 1e6;
    var decided =
        around.count("SELECT COUNT(*) FROM charge_attempts WHERE state IN ('SETTLED', 'DECLINED')");
    System.out.printf(
        "  exit code %d; decided %,d, charges %,d, charged twice %d, payments %,d, mails %,d%n",
        process.exitValue(),
        decided,
        around.gateway().ledger().standing().size(),
        around.gateway().ledger().doubles().size(),
        around.count("SELECT COUNT(*) FROM payments"),
        around.mail().received().size());
    System.out.printf(
        "  first claim to last booking: %.1f s, %.0f invoices a second%n",
        seconds, decided / seconds);
    System.out.printf(
        "  the whole process with its mails: %.1f s; peak memory %d MB%n", whole, peak / 1024);
    (money == null ? after : money).since(before).print("money", invoices);
    after.since(money == null ? after : money).print("mail", invoices);
  }

  /** The server's own counters. Reading them costs some fifty statements, which are counted too. */
  private record Counters(Map<String, Long> values) {

    private static final List<String> NAMES =
        List.of(
            "Questions",
            "Com_commit",
            "Handler_commit",
            "Innodb_os_log_fsyncs",
            "Innodb_data_fsyncs",
            "Innodb_os_log_written",
            "Binlog_commits");

    static Counters of(Surroundings around) {
      var values = new LinkedHashMap<String, Long>();
      for (var name : NAMES) {
        values.put(
            name,
            around.count(
                "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME ="
                    + " '"
                    + name
                    + "'"));
      }
      return new Counters(values);
    }

    Counters since(Counters before) {
      var values = new LinkedHashMap<String, Long>();
      this.values.forEach(
          (name, value) -> values.put(name, value - before.values.getOrDefault(name, 0L)));
      return new Counters(values);
    }

    void print(String part, int invoices) {
      var line = new ArrayList<String>();
      values.forEach((name, value) ->
          line.add("%s %,d (%.3f)".formatted(name, value, (double) value / invoices)));
      System.out.printf("  %s, in all (an invoice): %s%n", part, String.join(", ", line));
    }
  }

  private long median(String... args) throws IOException, InterruptedException {
    var times = new ArrayList<Long>();
    for (int i = 0; i < STARTS; i++) {
      times.add(milliseconds(args));
    }
    return times.stream().sorted().skip(STARTS / 2).findFirst().orElseThrow();
  }

  private long milliseconds(String... args) throws IOException, InterruptedException {
    var startedAt = System.nanoTime();
    must(args);
    return (System.nanoTime() - startedAt) / 1_000_000;
  }

  private void must(String... args) throws IOException, InterruptedException {
    await(0, start(args), args);
  }

  private static void await(int expected, Process process, String... args)
      throws InterruptedException {
    if (process.waitFor() != expected) {
      throw new IllegalStateException(
          String.join(" ", args) + " ended with " + process.exitValue());
    }
  }

  private Process start(String... args) throws IOException {
    var command = new ArrayList<String>();
    command.add(launcher.toString());
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The launcher hands over by exec, so its process id is Java's. */
  private static long peakKilobytes(long pid) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (NoSuchFileException ended) {
      return 0;
    }
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }
}
