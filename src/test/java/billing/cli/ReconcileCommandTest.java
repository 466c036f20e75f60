package billing.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code billing reconcile} as a shell sees it: what it prints, and how it ends. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReconcileCommandTest {

  private static Surroundings around;
  private static Path settings;

  private record Said(int code, String text) {}

  @BeforeAll
  static void begin() throws Exception {
    var directory =
        Files.createTempDirectory(Path.of("target"), "reconcile-test-").toAbsolutePath();
    around =
        Surroundings.start(
            directory,
            SandboxSettings.DEFAULT.withWeather(
                Weather.parse("latency=5ms,lag=50ms,duplicate-window=0ms")));
    settings = around.settings("stripe", Map.of("gateway.rate", "0", "gateway.timeout", "3s"));
    run("migrate");
    around.grant();
    run("enroll", "--because", "a test");
    around
        .database()
        .run(
            """
            USE shop;
            INSERT INTO customers (id, name, email, customer_ref, payment_ref)
            VALUES (1, 'Ann', 'ann@example.org', 'cus_1', 'pm_card_visa');
            INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
            VALUES (5001, 1, 10, 10, 'USD', '%1$s'), (5002, 1, 20, 20, 'USD', '%1$s');
            """
                .formatted(LocalDate.now(ZoneOffset.UTC)));
  }

  @AfterAll
  static void end() {
    around.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          reconcile --help             ; 0 ; --since=DATE|DURATION
          reconcile --since yesterday  ; 2 ; --since yesterday is neither a date nor a duration
          reconcile --since 2999-01-01 ; 2 ; is in the future
          reconcile --charge           ; 2 ; Unknown option
          reconcile extra              ; 2 ; extra
          """)
  void wrongUseIsOneClearLine(String command, int code, String says) {
    var said = run(command.split(" "));
    assertThat(said.code()).as(said.text()).isEqualTo(code);
    assertThat(said.text()).contains(says).doesNotContain("\tat ");
  }

  @Test
  @Order(1)
  void whereAllAgreesItSaysSo() {
    assertThat(run("charge").code()).isZero();

    var said = run("reconcile");

    assertThat(said.code()).as(said.text()).isZero();
    assertThat(said.text())
        .contains("compared    2 transactions on 5 pages since ")
        .endsWith("Done. The gateway, the books and billing agree.\n");
    assertThat(run("reconcile", "-q").text()).isEmpty();
  }

  @Test
  @Order(2)
  void aDryRunSaysWhatItWouldDoAndJsonHasTheSame() throws Exception {
    around
        .database()
        .run(
            """
            USE shop;
            SET FOREIGN_KEY_CHECKS = 0;
            TRUNCATE TABLE charge_events;
            TRUNCATE TABLE outbox_emails;
            TRUNCATE TABLE charge_attempts;
            """);

    var refused = run("charge");
    assertThat(refused.code()).isEqualTo(6);
    assertThat(refused.text())
        .contains("not known here: DEMO-5001-1")
        .contains("try: billing reconcile");
    var dry = run("reconcile", "--dry-run", "--since", "1d");
    assertThat(dry.code()).as(dry.text()).isZero();
    assertThat(dry.text()).contains("would adopt DEMO-500").contains("nothing is written");
    var json = new ObjectMapper().readTree(run("reconcile", "--dry-run", "--json").text());
    assertThat(json.at("/dry_run").asBoolean()).isTrue();
    assertThat(json.at("/compared/forgotten")).hasSize(2);
    assertThat(json.at("/compared/complete").asBoolean()).isTrue();
    assertThat(around.count("SELECT COUNT(*) FROM charge_attempts")).isZero();
  }

  @Test
  @Order(3)
  void itAdoptsAndNamesWhatItAdopted() throws Exception {
    var json = new ObjectMapper().readTree(run("reconcile", "--json").text());

    assertThat(json.at("/exit").asInt()).isZero();
    assertThat(json.at("/compared/adopted")).hasSize(2);
    // One that is too early, since no witness tells of it, one that adopts, one that is left with
    // nothing.
    assertThat(json.at("/rounds").asInt()).isEqualTo(3);
    assertThat(around.count("SELECT COUNT(*) FROM payments")).isEqualTo(2);
    assertThat(run("charge").code()).isZero();
  }

  @Test
  @Order(4)
  void aDifferenceIsPrintedWithItsNumber() {
    var charge = around.gateway().ledger().standing().getFirst();
    around.gateway().ledger().reverse(charge.transactionId());

    var said = run("reconcile", "--since", LocalDate.now(ZoneOffset.UTC).toString());

    assertThat(said.code()).as(said.text()).isEqualTo(4);
    assertThat(said.text())
        .containsPattern("! difference \\d+, reversed: invoice " + charge.invoice())
        .containsPattern(
            "billing resolve --invoice " + charge.invoice() + " --charge-again --because TEXT")
        .containsPattern("billing resolve --difference \\d+ --accept --because TEXT")
        .contains("a person is needed")
        .endsWith("(exit 4)\n");
  }

  @Test
  @Order(5)
  void aGatewayThatCannotBeReachedEndsItWithEight() throws Exception {
    var lines = new ArrayList<>(Files.readAllLines(settings));
    lines.removeIf(line -> line.startsWith("gateway.url="));
    lines.add("gateway.url=http://127.0.0.1:1");
    var file = settings.resolveSibling("unreachable.properties");
    Files.write(file, lines);
    assertThat(run(file, "reconcile").code()).isEqualTo(8);
    assertThat(run(file, "reconcile", "--dry-run").code()).isEqualTo(8);
  }

  @Test
  @Order(6)
  void aCureNamesTheLettersThatItHoldsAndThePauseThatIsForgotten() throws Exception {
    around
        .database()
        .run(
            """
            USE shop;
            INSERT INTO outbox_emails (attempt_id, kind, state, run_no, created_at)
            SELECT id, 'ACCEPTED', 'READY', run_no, UTC_TIMESTAMP(6) FROM charge_attempts;
            """);
    wentBack();
    assertThat(run("notify").code()).isEqualTo(6);

    var cured = run("reconcile");

    var held = around.count("SELECT MAX(run_no) FROM billing_runs");
    assertThat(cured.text())
        .contains("cured       the database had gone back")
        .contains("pause       one given in the lost time is forgotten", "billing pause --because")
        .contains("held        2 letters of the restored outbox")
        .contains("billing resolve --run %d --tell --because TEXT".formatted(held));
    assertThat(run("status").text())
        .contains("! run %d found that the database had gone back".formatted(held))
        .contains("billing resolve --run %d --void --because TEXT".formatted(held));
    assertThat(around.mail().received()).hasSize(2);
    assertThat(run("resolve", "--run", "" + held, "--void", "--because", "they came").text())
        .contains("the letters that run %d held are void".formatted(held));

    wentBack();
    var json = new ObjectMapper().readTree(run("reconcile", "--json").text());
    assertThat(json.at("/cured").asBoolean()).isTrue();
    assertThat(json.at("/pause_forgotten").asBoolean()).isTrue();
    assertThat(json.at("/held_letters").asInt(-1)).isZero();
    assertThat(json.at("/held_runs")).isEmpty();
    assertThat(run("reconcile", "--json").text()).doesNotContain("pause_forgotten");
  }

  @Test
  @Order(7)
  void aListingThatLeavesAGapSaysThatItCuredNothing() throws Exception {
    wentBack();

    var said = run("reconcile", "--since", "1s");

    assertThat(said.code()).as(said.text()).isEqualTo(6);
    assertThat(said.text())
        .contains("! the database went back, and is not cured: it was listed since ")
        .contains("billing reconcile without --since")
        .contains("try: billing reconcile        without --since, which leaves nothing out\n")
        .endsWith("(exit 6)\n");
    wentBack();
    var json = new ObjectMapper().readTree(run("reconcile", "--since", "1s", "--json").text());
    assertThat(json.at("/exit").asInt()).isEqualTo(6);
    assertThat(json.at("/cured").asBoolean()).isFalse();
    assertThat(json.at("/not_cured").asText()).contains("without --since");
    assertThat(json.at("/findings").toString()).contains("WENT_BACK");
  }

  /** The witness remembers runs of which the database knows nothing, the last one long ago. */
  private static void wentBack() throws IOException {
    var witness = settings.resolveSibling("state").resolve("witness-shop");
    var epoch = around.count("SELECT epoch FROM billing_fence") + 3;
    Files.writeString(
        witness,
        Files.readString(witness)
            .replaceAll("(?m)^epoch=.*$", "epoch=" + epoch)
            .replaceAll("(?m)^last_send_at=.*$", "last_send_at=2026-01-01T00:00:00Z"));
  }

  private static Said run(String... command) {
    return run(settings, command);
  }

  private static Said run(Path file, String... command) {
    var text = new ByteArrayOutputStream();
    var print = new PrintStream(text, true, UTF_8);
    var args = new ArrayList<>(List.of(command));
    if (!args.contains("--help")) {
      args.addAll(List.of("--config", file.toString()));
    }
    var console = new Console(print, print, false, false, false, 80);
    return new Said(Main.run(args.toArray(new String[0]), console, Map.of()), text.toString(UTF_8));
  }
}
