package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands as cron and people start them: in processes of their own, told by their exit codes. */
class ProcessTest {

  private static final int INVOICES = 60;

  private static Surroundings around;
  private static Path directory;
  private static Path settings;

  @BeforeAll
  static void begin() throws Exception {
    directory = Files.createTempDirectory(Path.of("target"), "process-test-").toAbsolutePath();
    around =
        Surroundings.start(
            directory, SandboxSettings.DEFAULT.withWeather(Weather.parse("latency=150ms")));
    settings =
        around.settings(
            "stripe",
            Map.of("gateway.concurrency", "4", "gateway.rate", "0", "gateway.timeout", "3s"));
    run("migrate");
    around.grant();
    run("enroll", "--because", "a test");
  }

  /** So many invoices more are due, a tenth of them with a card without funds. */
  private static void fill() {
    var from = around.count("SELECT COALESCE(MAX(id), 1000) FROM invoices");
    var script = new StringBuilder("USE shop;\n");
    for (long id = from + 1; id <= from + INVOICES; id++) {
      var card = id % 10 == 0 ? "pm_card_chargeDeclinedInsufficientFunds" : "pm_card_visa";
      script.append(
          """
          INSERT INTO customers (id, name, email, customer_ref, payment_ref)
          VALUES (%1$d, 'Customer %1$d', 'c%1$d@example.org', 'cus_%1$d', '%2$s');
          INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
          VALUES (%1$d, %1$d, 10, 10, 'USD', '%3$s');
          """
              .formatted(id, card, LocalDate.now(ZoneOffset.UTC)));
    }
    around.database().run(script.toString());
  }

  @AfterAll
  static void end() {
    around.close();
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void aSignalEndsARunGracefullyAndTheNextOneFinishes(String signal, int code) throws Exception {
    fill();
    var before = around.gateway().ledger().standing().size();
    try (var children = new Children(settings, directory)) {
      var child = children.start("charge");
      awaitCharges(before + 10, child);
      kill(signal, child);

      assertThat(child.await()).isEqualTo(code);
      assertThat(sent()).as("%s", child.said()).isZero();
      assertThat(around.gateway().ledger().standing()).hasSizeLessThan(before + INVOICES - 6);
    }
    var next = run("charge");
    assertThat(next.code()).as(next.text()).isZero();
    judge(before);
  }

  @Test
  void aSecondSignalEndsItAtOnceAndNothingIsLost() throws Exception {
    fill();
    var before = around.gateway().ledger().standing().size();
    around.gateway().faults().weather(Weather.parse("latency=2s"));
    try (var children = new Children(settings, directory)) {
      var child = children.start("charge");
      awaitSent(child);
      kill("TERM", child);
      Thread.sleep(300);
      var sentAt = System.nanoTime();
      kill("TERM", child);

      assertThat(child.await()).isEqualTo(143);
      assertThat((System.nanoTime() - sentAt) / 1_000_000).isLessThan(1500);
    } finally {
      around.gateway().faults().weather(Weather.parse("latency=20ms"));
    }
    var next = run("charge");
    assertThat(next.code()).as(next.text()).isZero();
    judge(before);
  }

  @Test
  void theSecondOfTwoIsTurnedAwayAndToldByWhom() throws Exception {
    fill();
    var before = around.gateway().ledger().standing().size();
    around.gateway().faults().weather(Weather.parse("latency=1s"));
    try (var children = new Children(settings, directory)) {
      var first = children.start("charge");
      awaitSent(first);
      var second = run("charge");
      var dry = run("charge", "--dry-run");
      var decision =
          Said.by(
              settings,
              "resolve",
              "--wait",
              "0s",
              "--difference",
              "12",
              "--accept",
              "--because=is it?");
      around.gateway().faults().weather(Weather.parse("latency=20ms"));

      assertThat(second.code()).as(second.text()).isEqualTo(5);
      assertThat(second.text())
          .contains("another run holds the lock: run ")
          .contains("pid " + first.process().pid())
          .contains("Nothing was touched")
          .containsPattern("billing charge( --config \\S+)? --wait 30m");
      assertThat(decision.code()).as(decision.text()).isEqualTo(5);
      assertThat(decision.text())
          .contains(
              "billing resolve --difference 12 --accept '--because=is it?' --config %s --wait 30m"
                  .formatted(settings))
          .doesNotContain("billing charge");
      assertThat(dry.code()).isZero();
      assertThat(first.await()).isZero();
    } finally {
      around.gateway().faults().weather(Weather.parse("latency=20ms"));
    }
    judge(before);
  }

  @Test
  void thePauseIsToldByEverybodyAndLiftedByOne() throws Exception {
    var paused = Said.by(settings, "pause", "--because", "an audit", "--json").json();
    assertThat(paused.get("paused").asBoolean()).isTrue();
    assertThat(paused.get("changed").asBoolean()).isTrue();

    var again = Said.by(settings, "pause", "--because", "another reason");
    assertThat(again.code()).isZero();
    assertThat(again.text()).contains("paused already").contains("an audit");
    assertThat(Said.by(settings, "status").text())
        .contains("paused since")
        .contains("an audit")
        .contains("billing resume");
    var status = Said.by(settings, "status", "--json").json();
    assertThat(status.get("paused_because").asText()).isEqualTo("an audit");
    assertThat(status.get("paused_at").asText()).isEqualTo(paused.get("since").asText());
    assertThat(Said.by(settings, "charge", "--dry-run").text())
        .contains("would refuse: charging is paused: an audit");
    fill();
    assertThat(Said.by(settings, "charge").code()).isEqualTo(6);

    assertThat(Said.by(settings, "resume").text()).contains("may charge again");
    var twice = Said.by(settings, "resume", "--json").json();
    assertThat(twice.get("paused").asBoolean()).isFalse();
    assertThat(twice.get("changed").asBoolean()).isFalse();
    assertThat(Said.by(settings, "charge").code()).isZero();
  }

  @Test
  void statusNamesTheLastChargeWhateverElseRanSince() throws Exception {
    fill();
    assertThat(Said.by(settings, "charge").code()).isZero();
    var charge = Said.by(settings, "status", "--json").json().get("runs").get(0);
    assertThat(charge.get("command").asText()).isEqualTo("charge");

    assertThat(Said.by(settings, "reconcile").code()).isZero();

    var status = Said.by(settings, "status", "--json").json();
    assertThat(status.get("runs").get(0).get("command").asText()).isEqualTo("reconcile");
    assertThat(status.get("last_charge")).isEqualTo(charge);
    assertThat(status.get("last_clean_charge")).isEqualTo(charge);
    assertThat(Said.by(settings, "status").text())
        .containsPattern("last charge +" + charge.get("run").asInt() + " ")
        .containsPattern("last clean +" + charge.get("run").asInt() + " ");
  }

  @Test
  void whatTheDryRunListedIsWhatWasDone() throws Exception {
    fill();
    around
        .database()
        .run(
            "USE shop;\nUPDATE invoices SET amount_due = 12.345 WHERE id % 20 = 5"
                + " AND amount_due > 0;");
    var listed = run("charge", "--dry-run", "--json").json();
    var highest = around.count("SELECT COALESCE(MAX(run_no), 0) FROM billing_runs");
    var done = run("charge", "--json");

    assertThat(done.code()).isEqualTo(4);
    var attempted =
        new TreeSet<>(
            rows(
                "SELECT CONCAT(invoice_id, ' ', attempt_no, ' ', amount_minor) FROM charge_attempts"
                    + " WHERE run_no > "
                    + highest));
    var expected = new TreeSet<String>();
    var differences = new TreeSet<String>();
    for (var line : listed.get("invoices")) {
      if (line.get("charge").asBoolean()) {
        expected.add(
            line.get("invoice").asText()
                + " "
                + line.get("attempt").asInt()
                + " "
                + line.get("minor").asLong());
      } else {
        differences.add(line.get("invoice").asText());
      }
    }
    assertThat(attempted).isEqualTo(expected).hasSize(INVOICES - differences.size());
    assertThat(differences)
        .isNotEmpty()
        .isEqualTo(
            new TreeSet<>(rows("SELECT invoice_id FROM charge_differences WHERE state = 'OPEN'")));
    var total =
        StreamSupport.stream(done.json().get("totals").spliterator(), false)
            .filter(t -> t.get("state").asText().matches("SETTLED|DECLINED"))
            .mapToLong(t -> t.get("minor").asLong())
            .sum();
    assertThat(total).isEqualTo(listed.get("totals").get(0).get("minor").asLong());
    around.database().run("USE shop;\nUPDATE invoices SET amount_due = 12 WHERE amount_due > 12;");
    assertThat(run("charge").code()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          charge --as-of 2999-01-01  |                                     | 2 | is in the future
          charge --limit 0           |                                     | 2 | is not above 0
          charge --nonsense          |                                     | 2 | Unknown option
          show 999999                |                                     | 2 | knows no invoice 999999
          show 999999 --json         |                                     | 2 | "name" : "usage"
          enroll                     |                                     | 2 | --because
          enroll --because LONG      |                                     | 2 | 501 characters; 500 are kept
          charge --invoice NO-SUCH   |                                     | 0 | NO-SUCH: not due on
          charge --dry-run --json    | db.password=wrong                   | 7 | "name" : "database"
          sandbox --gateway paypal   |                                     | 2 | there is stripe and nmi
          pause                      |                                     | 2 | --because
          charge                     | db.password=wrong                   | 7 | db.password
          charge                     | db.url=jdbc:mysql://127.0.0.1:1/x   | 7 | 127.0.0.1
          charge                     | gateway.key=sk_test_wrong           | 8 | refused gateway.key
          charge                     | gateway.url=http://127.0.0.1:1      | 8 | could not be reached
          reconcile --dry-run        | gateway.url=http://127.0.0.1:1      | 8 | try: billing reconcile --dry-run
          charge                     | charge.prefix=OTHER                 | 2 | charge.prefix
          charge                     | charge.prefix=NEW                   | 6 | is enrolled
          charge                     | state.dir=/nonexistent/billing      | 2 | state.dir
          charge                     | app.sql.dir=/nonexistent/sql        | 2 | app.sql.dir
          charge                     | chrage.zone=UTC                     | 2 | did you mean charge.zone
          charge                     | gateway.kind=paypal                 | 2 | gateway.kind
          status                     | db.password=wrong                   | 7 | db.password
          charge                     | mail.templates=TEMPLATES            | 2 | line 1: there is no {{plan}}
          notify                     | mail.port=1                         | 0 | sent 0
          """)
  void badInputGetsOneClearLineAndItsExitCode(String command, String setting, int code, String says)
      throws Exception {
    var lines = new ArrayList<>(Files.readAllLines(settings));
    if (setting != null) {
      var key = setting.substring(0, setting.indexOf('='));
      lines.removeIf(line -> line.startsWith(key + "="));
      lines.add(setting.replace("TEMPLATES", templates().toString()));
    }
    var file = directory.resolve("bad.properties");
    Files.write(file, lines);

    var said = Said.by(file, command.replace("LONG", "x".repeat(501)).split(" "));

    assertThat(said.code()).as(said.text()).isEqualTo(code);
    assertThat(said.text()).contains(says).doesNotContain("\tat ").doesNotContain("sk_test_wrong");
  }

  /** A template that asks for a column which the app's SQL does not give. */
  private static Path templates() throws Exception {
    var templates = Files.createDirectories(directory.resolve("templates"));
    Files.writeString(templates.resolve("accepted.subject"), "Your {{plan}} plan is paid");
    return templates;
  }

  private static Said run(String... args) throws Exception {
    return run(settings, args);
  }

  private static Said run(Path file, String... args) throws Exception {
    try (var children = new Children(file, directory)) {
      var child = children.start(args);
      var code = child.await();
      return new Said(code, String.join("\n", child.said()));
    }
  }

  private static void kill(String signal, Children.Child child) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(child.process().pid()))
        .start()
        .waitFor();
  }

  private static long sent() {
    return around.count("SELECT COUNT(*) FROM charge_attempts WHERE state = 'SENT'");
  }

  private static void awaitSent(Children.Child child) throws InterruptedException {
    while (sent() == 0 && child.process().isAlive()) {
      Thread.sleep(10);
    }
  }

  private static void awaitCharges(int charges, Children.Child child) throws InterruptedException {
    while (around.gateway().ledger().standing().size() < charges && child.process().isAlive()) {
      Thread.sleep(10);
    }
  }

  private static void judge(int before) {
    var ledger = around.gateway().ledger();
    assertThat(ledger.doubles()).isEmpty();
    assertThat(ledger.standing()).hasSize(before + INVOICES * 9 / 10);
    assertThat(around.count("SELECT COUNT(*) FROM payments")).isEqualTo(ledger.standing().size());
  }

  private static List<String> rows(String query) {
    return around.rows(query);
  }
}
