package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.GatewayReply.Approved;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code show --live} asks of a gateway that knows a charge by its transaction alone. */
class ShowLiveTest {

  private static Surroundings around;
  private static Path settings;

  @BeforeAll
  static void begin() throws Exception {
    var directory = Files.createTempDirectory(Path.of("target"), "live-test-").toAbsolutePath();
    var weather = Weather.parse("latency=5ms,lag=0ms,duplicate-window=0ms");
    around = Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(weather));
    settings = around.settings("nmi", Map.of("gateway.timeout", "3s", "recovery.wait", "1s"));
    run("migrate");
    around.grant();
    run("enroll", "--because", "a test");
    sql("UPDATE invoices SET amount_due = 0;");
  }

  @AfterAll
  static void end() {
    around.close();
  }

  @Test
  void whatWasChargedElsewhereIsLookedUpBeforeAndAfterItIsAdopted() throws Exception {
    due(7001);
    var transaction = chargeByHand("OLD-1", 7001);
    assertThat(run("charge").code()).isEqualTo(4);
    var there = "at the gateway now: " + transaction + ": approved, transaction " + transaction;

    assertThat(run("show", "7001", "--live").text()).contains(there);
    assertThat(run("show", "7001").text()).contains("charged elsewhere").doesNotContain(there);
    assertThat(run("show", "7001", "--live", "--json").json().at("/differences/0/live/0").asText())
        .isEqualTo(transaction + ": approved, transaction " + transaction);

    var number =
        around.rows("SELECT id FROM charge_differences WHERE invoice_id = '7001'").getFirst();
    var paid =
        run(
            "resolve",
            "--difference",
            number,
            "--already-paid",
            transaction,
            "--because",
            "the old script");
    assertThat(paid.code()).as(paid.text()).isZero();

    assertThat(run("show", "7001", "--live").text())
        .contains("at the gateway now: approved, transaction " + transaction)
        .doesNotContain(there)
        .doesNotContain("not found");
  }

  @Test
  void whatWasBookedWithoutASendOfOursOnRecordIsAskedAboutToo() {
    var transaction = chargeByHand("OLD-2", 7002);
    sql(
        """
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, payment_ref, gateway, account_id,
                charge_key, live_mode, protocol, installation, as_of, run_no, created_at)
        SELECT '7002', 1, 'PENDING', 79, 7900, 'USD', 'V7002', gateway, COALESCE(account_id, ''),
               'DEMO-7002-1', live_mode, 1, installation, UTC_DATE(), 1, UTC_TIMESTAMP(6)
          FROM billing_installation
         LIMIT 1;
        UPDATE charge_attempts
           SET state = 'SETTLED', gateway_transaction_id = '%s', settled_amount = 79,
               settled_at = UTC_TIMESTAMP(6), ended_at = UTC_TIMESTAMP(6)
         WHERE charge_key = 'DEMO-7002-1';
        """
            .formatted(transaction));

    assertThat(run("show", "7002", "--live").text())
        .contains("at the gateway now: approved, transaction " + transaction);
  }

  @Test
  void anotherAccountThanTheEnrolledOneIsNotAskedAboutADifference() {
    differs("UNKNOWN_HERE", "4711", "7003");
    assertThat(run("show", "7003", "--live").text()).contains("now: 4711: not found");
    enrolled("'another'", 900);
    try {
      assertThat(run("show", "7003", "--live").text())
          .contains("now: not asked: gateway.key opens another account than the one that is")
          .doesNotContain("not found");
    } finally {
      enrolled("NULL", 901);
    }
    assertThat(run("show", "7003", "--live").text()).contains("now: 4711: not found");
  }

  private static void differs(String kind, String subject, String invoice) {
    sql(
        """
        INSERT INTO charge_differences (kind, subject, invoice_id, detail, run_no, opened_at)
        VALUES ('%s', '%s', '%s', 'a test', 1, UTC_TIMESTAMP(6));
        """
            .formatted(kind, subject, invoice));
  }

  /** The newest row is in force. */
  private static void enrolled(String account, int run) {
    sql(
        """
        INSERT INTO billing_installation
               (run_no, installation, prefix, gateway, account_id, live_mode, host, because)
        SELECT %d, installation, prefix, gateway, %s, live_mode, host, because
          FROM billing_installation
         ORDER BY run_no
         LIMIT 1;
        """
            .formatted(run, account));
  }

  private static void due(int invoice) {
    sql(
        """
        INSERT INTO customers (id, name, email, customer_ref, payment_ref)
        VALUES (%1$d, 'Customer %1$d', 'c%1$d@example.org', NULL, 'V%1$d');
        INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
        VALUES (%1$d, %1$d, 79, 79, 'USD', '%2$s');
        """
            .formatted(invoice, LocalDate.now(ZoneOffset.UTC)));
  }

  /** As an older script would have: under a key of its own. */
  private static String chargeByHand(String key, int invoice) {
    try (var gateway = Parts.gateway(Settings.load(settings, Map.of(), Path.of("")))) {
      var order =
          new Order(
              new ChargeKey(key),
              Integer.toString(invoice),
              1,
              "",
              new Money(7900, Currency.of("USD").orElseThrow()),
              null,
              "V" + invoice,
              null,
              new Account("nmi", null, false),
              gateway.protocol());
      var now = Instant.now();
      var attempt =
          new Attempt(
              order, AttemptState.SENT, 1, new Sends("?"), now, now, null, null, 0, null, 1);
      return ((Approved) gateway.charge(attempt, () -> true)).transactionId();
    }
  }

  private static void sql(String script) {
    around.database().run("USE shop;\n" + script);
  }

  private static Said run(String... command) {
    return Said.by(settings, command);
  }
}
