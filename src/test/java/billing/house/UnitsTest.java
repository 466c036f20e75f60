package billing.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The crontab and the systemd units are well formed, and agree with the program's defaults. */
@Timeout(60)
class UnitsTest {

  private static final List<String> UNITS =
      List.of(
          "billing.service",
          "billing.timer",
          "billing@.service",
          "billing@.timer",
          "billing-failed@.service");
  private static final String INSTALLED = "/opt/billing/bin/billing";
  private static final int EXCHANGE_SECONDS = 80; // the default of gateway.timeout

  @TempDir private Path folder;

  @ParameterizedTest
  @FieldSource("UNITS")
  void everyLineIsASettingInASection(String unit) throws IOException {
    var section = "";
    for (var line : Files.readAllLines(Path.of("cron", unit))) {
      if (line.startsWith("[")) {
        section = line;
        assertThat(line).isIn("[Unit]", "[Service]", "[Timer]", "[Install]");
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        assertThat(section).as(line).isNotEmpty();
        assertThat(line).matches("[A-Z][A-Za-z]+=.*");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"billing.service", "billing@.service"})
  void aStopWaitsLongerThanAnExchange(String unit) throws IOException {
    var settings = settings(unit);
    assertThat(Integer.parseInt(settings.getOrDefault("TimeoutStopSec", "0")))
        .isGreaterThan(EXCHANGE_SECONDS + 60);
    assertThat(settings)
        .containsEntry("Type", "oneshot")
        .containsEntry("SuccessExitStatus", "5")
        .containsEntry("ExecStart", INSTALLED + " charge -q")
        .containsKey("OnFailure")
        .doesNotContainKey("MemoryDenyWriteExecute");
  }

  @Test
  void theTemplateIsTheSameUnitForOneConfiguration() throws IOException {
    var single = settings("billing.service");
    var template = settings("billing@.service");
    assertThat(template).containsEntry("Environment", "BILLING_CONFIG=/etc/billing/%i.properties");
    for (var own : List.of("Description", "Environment", "StateDirectory")) {
      single.remove(own);
      template.remove(own);
    }
    assertThat(template).isEqualTo(single);
  }

  @Test
  void theCrontabHoldsJobsOfSevenFieldsAndNoPercentSign() throws IOException {
    var field = "[0-9*,/-]+";
    var job =
        Pattern.compile((field + "\\s+").repeat(5) + "[a-z]+\\s+" + INSTALLED + " charge -q; .*");
    var lines =
        Files.readAllLines(Path.of("cron/crontab")).stream()
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.subList(0, 2)).allMatch(line -> line.matches("[A-Z]+=\\S+"));
    assertThat(lines.subList(2, 4))
        .allSatisfy(line -> assertThat(line).matches(job).doesNotContain("%"));
  }

  /** The jobs' shell part, run with a billing that ends with a code and a logger that prints. */
  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void theCrontabLogsEveryCodeButZero(int code) throws Exception {
    var command =
        Files.readAllLines(Path.of("cron/crontab")).stream()
            .filter(line -> line.contains(INSTALLED))
            .map(line -> line.replaceFirst(".*?" + INSTALLED, "job"))
            .findFirst()
            .orElseThrow();
    var shell = "job() { return " + code + "; }; logger() { echo \"$@\"; }; " + command;
    var done = run("sh", "-c", shell);
    assertThat(done.out())
        .isEqualTo(
            code == 0 ? "" : "-p user.err -t billing charge ended with exit code " + code + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "billing.service",
        "billing.timer",
        "billing@acme.service",
        "billing@acme.timer",
        "billing-failed@billing.service.service"
      })
  void systemdTakesThem(String unit) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd is not here");
    for (var name : UNITS) {
      var text = Files.readString(Path.of("cron", name)).replace(INSTALLED, "/bin/true");
      Files.writeString(folder.resolve(name), text.replace("/usr/sbin/sendmail", "/bin/true"));
    }
    var template = unit.replaceFirst("@.*(\\.\\w+)$", "@$1");
    if (!unit.equals(template)) {
      Files.copy(folder.resolve(template), folder.resolve(unit));
    }
    var done = run("systemd-analyze", "verify", "--man=no", folder.resolve(unit).toString());
    assertThat(done.out()).isEmpty();
    assertThat(done.code()).isZero();
  }

  private static Map<String, String> settings(String unit) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("cron", unit))) {
      return lines
          .filter(line -> line.matches("[A-Z][A-Za-z]+=.*"))
          .map(line -> line.split("=", 2))
          .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, second) -> second));
    }
  }

  private record Done(int code, String out) {}

  private Done run(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Done(process.exitValue(), out);
  }
}
