package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code status} and {@code show} tell, to people and to programs, and what they hide. */
class StatusAndShowTest {

  private static Surroundings around;
  private static Path settings;

  @BeforeAll
  static void begin() throws Exception {
    var directory = Files.createTempDirectory(Path.of("target"), "status-test-").toAbsolutePath();
    around =
        Surroundings.start(
            directory, SandboxSettings.DEFAULT.withWeather(Weather.parse("latency=5ms,lag=0ms")));
    settings = around.settings("stripe", Map.of("gateway.timeout", "3s", "recovery.wait", "1s"));
    run("migrate");
    around.grant();
    run("enroll", "--because", "a test");
    sql("UPDATE invoices SET amount_due = 0;");
  }

  @AfterEach
  void forgetWhatIsOpen() {
    sql("UPDATE charge_differences SET state = 'GONE', closed_at = UTC_TIMESTAMP(6);");
  }

  @AfterAll
  static void end() {
    around.close();
  }

  @Test
  void eachOpenDifferenceCanBeFoundOutWithoutDecidingTheOldest() throws Exception {
    for (int i = 1; i <= 25; i++) {
      differs("OVERPAID", "DEMO-" + i + "-1", "" + i);
    }
    var last = "billing resolve --difference " + highest() + " --accept";

    var some = run("status").text();
    assertThat(some)
        .containsPattern("to decide +25 open differences")
        .contains("... 15 more open differences        (up to 10000 of them: billing status -v,")
        .doesNotContain(last);
    assertThat(some.lines().filter(line -> line.contains(" --accept"))).hasSize(10);
    var all = run("status", "-v").text();
    assertThat(all).contains(last).doesNotContain(" more ");
    assertThat(all.lines().filter(line -> line.contains(" --accept"))).hasSize(25);
    var document = json(run("status", "--json"));
    assertThat(document.get("open_differences")).hasSize(25);
    assertThat(document.at("/not_listed/open_differences").asInt(-1)).isZero();

    var night = run("charge");

    assertThat(night.code()).as(night.text()).isEqualTo(4);
    assertThat(night.text()).contains("... 5 more open differences").contains("billing status -v");
    assertThat(run("reconcile").text()).contains("... 5 more open differences");
    var report = json(run("charge", "--json"));
    assertThat(report.get("open_differences")).hasSize(20);
    assertThat(report.at("/not_listed/open_differences").asInt()).isEqualTo(5);
  }

  private static void differs(String kind, String subject, String invoice) {
    sql(
        """
        INSERT INTO charge_differences (kind, subject, invoice_id, detail, run_no, opened_at)
        VALUES ('%s', '%s', '%s', 'a test', 1, UTC_TIMESTAMP(6));
        """
            .formatted(kind, subject, invoice));
  }

  private static long highest() {
    return around.count("SELECT MAX(id) FROM charge_differences");
  }

  private static void sql(String script) {
    around.database().run("USE shop;\n" + script);
  }

  private record Said(int code, String text) {}

  private static Said run(String... command) {
    var text = new ByteArrayOutputStream();
    var print = new PrintStream(text, true, UTF_8);
    var args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--config", settings.toString()));
    var console = new Console(print, print, false, false, false, 80);
    return new Said(Main.run(args.toArray(new String[0]), console, Map.of()), text.toString(UTF_8));
  }

  private static JsonNode json(Said said) throws Exception {
    return new ObjectMapper().readTree(said.text());
  }
}
