package billing.cli;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures one night: {@code NightBenchmark stripe|nmi INVOICES DECLINED-IN-100}. The measured run
 * is a process of its own; database, gateway and mail server are this one's and share its machine.
 * How to start it, and what it printed last, is in docs/benchmarks.md.
 */
public final class NightBenchmark {

  private NightBenchmark() {}

  public static void main(String[] args) throws Exception {
    var kind = args[0];
    var invoices = Integer.parseInt(args[1]);
    var declined = Integer.parseInt(args[2]);
    var directory = Files.createTempDirectory(Path.of("target"), "benchmark-").toAbsolutePath();
    var weather = Weather.parse("latency=50ms,duplicate-window=0ms");
    try (var around = Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(weather))) {
      var settings =
          around.settings(
              kind,
              Map.of(
                  "gateway.concurrency", "64", "gateway.rate", "0", "charge.max-declines", "100"));
      try (var children = new Children(settings, directory)) {
        children.start("migrate").await();
        around.grant();
        children.start("enroll", "--because", "a benchmark").await();
        around.fill(kind, invoices, declined, LocalDate.now(ZoneOffset.UTC));
        measure(around, children, invoices);
      }
    }
  }

  private static void measure(Surroundings around, Children children, int invoices)
      throws Exception {
    var before = counters(around);
    var startedAt = System.nanoTime();
    var child = children.start("charge", "--json");
    var peak = 0L;
    while (child.process().isAlive()) {
      peak = Math.max(peak, peakKilobytes(child.process().pid()));
      Thread.sleep(100);
    }
    var seconds = (System.nanoTime() - startedAt) / 1e9;
    var after = counters(around);
    var money =
        around.count(
                "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(first_sent_at), MAX(ended_at))"
                    + " FROM charge_attempts")
            / 1e6;
    System.out.printf(
        "%d invoices, exit %d, %d settled, %d declined%n",
        invoices,
        child.process().exitValue(),
        around.count("SELECT COUNT(*) FROM charge_attempts WHERE state = 'SETTLED'"),
        around.count("SELECT COUNT(*) FROM charge_attempts WHERE state = 'DECLINED'"));
    System.out.printf(
        "money %.1f s, %.0f invoices/s; whole process with %d mails %.1f s; peak memory %d MiB%n",
        money, invoices / money, around.mail().received().size(), seconds, peak / 1024);
    after.forEach((name, value) ->
        System.out.printf(
            "  %-28s %.3f per invoice%n",
            name, (value - before.getOrDefault(name, 0L)) / (double) invoices));
  }

  private static Map<String, Long> counters(Surroundings around) {
    var counters = new TreeMap<String, Long>();
    for (var name : new String[] {"QUESTIONS", "COM_COMMIT", "INNODB_OS_LOG_FSYNCS"}) {
      counters.put(
          name,
          around.count(
              "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '"
                  + name
                  + "'"));
    }
    return counters;
  }

  private static long peakKilobytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException ended) {
      return 0;
    }
  }
}
