package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import billing.store.Command;
import billing.store.Run.Declines;
import billing.store.RunLock;
import billing.store.Runs;
import billing.store.Runs.Starter;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
    var document = run("status", "--json").json();
    assertThat(document.get("open_differences")).hasSize(25);
    assertThat(document.at("/not_listed/open_differences").asInt(-1)).isZero();

    var night = run("charge");

    assertThat(night.code()).as(night.text()).isEqualTo(4);
    assertThat(night.text()).contains("... 5 more open differences").contains("billing status -v");
    assertThat(run("reconcile").text()).contains("... 5 more open differences");
    var report = run("charge", "--json").json();
    assertThat(report.get("open_differences")).hasSize(20);
    assertThat(report.at("/not_listed/open_differences").asInt()).isEqualTo(5);
  }

  @Test
  void aRunThatHasEndedSaysWhatItCharged() throws Exception {
    owes(7001, "pm_card_visa");
    owes(7002, "pm_card_visa");
    var night = run("charge", "--json").json();
    var charged = 0;
    for (var total : night.get("totals")) {
      charged += total.get("state").asText().equals("SETTLED") ? total.get("count").asInt() : 0;
    }
    assertThat(charged).as("%s", night).isPositive();

    var row =
        run("status")
            .text()
            .lines()
            .filter(line -> line.strip().startsWith(night.get("run").asText() + "  charge"))
            .toList();

    assertThat(row).hasSize(1);
    assertThat(row.getFirst()).containsPattern("s +" + charged + " +\\d+ +0 ");
    var last = run("status", "--json").json().get("last_charge");
    assertThat(last.get("run").asLong()).isEqualTo(night.get("run").asLong());
    assertThat(last.get("charged").asInt()).isEqualTo(charged);
    assertThat(last.get("declined").asInt(-1)).isZero();
    assertThat(last.get("doubt").asInt(-1)).isZero();
  }

  @Test
  void aMonitorHearsOfThePauseFirst() {
    differs("OVERPAID", "DEMO-1-1", "1");
    assertThat(run("status", "--check").code()).isEqualTo(4);

    run("pause", "--because", "an audit");
    assertThat(run("status").code()).isZero();
    assertThat(run("status", "--check").code()).isEqualTo(6);

    run("resume");
    assertThat(run("status", "--check").code()).isEqualTo(4);
    forgetWhatIsOpen();
    assertThat(run("status", "--check").code()).isZero();
  }

  @Test
  void thePauseDoesNotHideTheRunThatIsAtWork() throws Exception {
    run("pause", "--because", "an audit");
    try (var database = Parts.open(Settings.load(settings, Map.of(), Path.of("")))) {
      assertThat(now()).contains("paused since").endsWith("; no run; lock free");
      try (var lock = locked()) {
        assertThat(lock.heartbeat().held()).isTrue();
        assertThat(now()).contains("paused since").endsWith("; a command has just begun");
        var runs = new Runs(database);
        var fence = runs.begin(new Starter(Command.CHARGE, "app1", 4711, "1", null));
        var run = "run " + fence.epoch() + " (charge) on app1, pid 4711";
        assertThat(now())
            .contains("an audit", "lifted by  billing resume")
            .endsWith("; at work: " + run);
        assertThat(atWork().get("locked").asBoolean()).isTrue();
        assertThat(atWork().get("run").asLong()).isEqualTo(fence.epoch());
        assertThat(atWork().get("pid").asLong()).isEqualTo(4711);
        lock.close();
        assertThat(now()).contains("an audit").contains("; " + run + " died");
        assertThat(atWork().get("locked").asBoolean()).isFalse();
        assertThat(atWork().get("run").asLong()).isEqualTo(fence.epoch());
        assertThat(runs.end(fence, 0, Declines.COUNT, "{}")).isTrue();
      }
    } finally {
      run("resume");
    }
    assertThat(now()).endsWith(" no run; not paused; lock free");
  }

  private static JsonNode atWork() throws Exception {
    return run("status", "--json").json().get("at_work");
  }

  private static RunLock locked() {
    var login = Settings.load(settings, Map.of(), Path.of("")).database();
    return ((RunLock.Taking.Held) RunLock.take(login, Duration.ZERO)).lock();
  }

  private static String now() {
    return run("status")
        .text()
        .lines()
        .filter(line -> line.startsWith("  now "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theDocumentsHaveWhatTheLinesSay() throws Exception {
    owes(7003, "pm_card_chargeDeclinedInsufficientFunds");
    run("charge");
    var key = run("show", "7003", "--json").json().at("/attempts/0/key").asText();
    sql(
        """
        UPDATE outbox_emails m JOIN charge_attempts a ON a.id = m.attempt_id
           SET m.state = 'UNDELIVERABLE', m.last_error = '550 no such user'
         WHERE a.charge_key = '%s';
        """
            .formatted(key));

    var attempt = run("show", "7003", "--json").json().at("/attempts/0");

    assertThat(attempt.get("retry_on").asText())
        .isEqualTo(LocalDate.now(ZoneOffset.UTC).plusDays(3).toString());
    assertThat(attempt.at("/mails/0/error").asText()).isEqualTo("550 no such user");
    inReview();
    try {
      var review = run("status", "--json").json().at("/in_review/0");
      assertThat(review.get("key").asText()).isEqualTo("DEMO-32-1");
      assertThat(review.get("amount").asText()).isEqualTo("10.50");
      assertThat(review.get("currency").asText()).isEqualTo("USD");
    } finally {
      sql("UPDATE charge_attempts SET state = 'CANCELLED' WHERE charge_key = 'DEMO-32-1';");
    }
  }

  private static void inReview() {
    unanswered(32, "account_id", "installation");
    sql("UPDATE charge_attempts SET state = 'REVIEW' WHERE charge_key = 'DEMO-32-1';");
  }

  @Test
  void anAttemptOfAFormerAccountThatKeepsAnInvoiceWaitingIsTold() throws Exception {
    formerAccount();
    try {
      var told = run("status", "--check");
      assertThat(told.code()).as(told.text()).isEqualTo(3);
      assertThat(told.text())
          .contains("invoice 31 waits: nobody answered a send of DEMO-31-1")
          .contains("billing resolve DEMO-31-1 --not-charged --because TEXT");
      var document = run("status", "--check", "--json").json();
      assertThat(document.get("exit").asInt()).isEqualTo(3);
      assertThat(document.get("former_account_waiting").asInt()).isOne();
      assertThat(document.at("/former_account/0/decide")).hasSize(2);
    } finally {
      sql("UPDATE charge_attempts SET state = 'CANCELLED' WHERE charge_key = 'DEMO-31-2';");
    }
    assertThat(run("status", "--check").code()).isZero();
  }

  /** One that ended with a send unanswered, and a younger one that may not be sent before. */
  private static void formerAccount() {
    unanswered(31, "'acct_former'", "'former'");
    sql(
        """
        UPDATE charge_attempts SET state = 'DECLINED' WHERE charge_key = 'DEMO-31-1';
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, payment_ref, gateway, account_id,
                charge_key, live_mode, protocol, installation, as_of, run_no, created_at)
        SELECT '31', 2, 'PENDING', 10, 1000, 'USD', 'pm_card_visa', gateway, account_id,
               'DEMO-31-2', live_mode, 1, installation, UTC_DATE(), 1, UTC_TIMESTAMP(6)
          FROM billing_installation;
        """);
  }

  /**
   * The first attempt of the invoice, SENT once.
   *
   * @param account SQL, as is
   * @param installation SQL, as is
   */
  private static void unanswered(long invoice, String account, String installation) {
    sql(
        """
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, payment_ref, gateway, account_id,
                charge_key, live_mode, protocol, installation, as_of, run_no, created_at)
        SELECT '%1$d', 1, 'PENDING', 10.5, 1050, 'USD', 'pm_card_visa', gateway, %2$s,
               'DEMO-%1$d-1', live_mode, 1, %3$s, UTC_DATE(), 1, UTC_TIMESTAMP(6)
          FROM billing_installation;
        UPDATE charge_attempts
           SET state = 'SENT', send_no = 1, sends = '?', first_sent_at = UTC_TIMESTAMP(6), last_sent_at = UTC_TIMESTAMP(6)
         WHERE charge_key = 'DEMO-%1$d-1';
        """
            .formatted(invoice, account, installation));
  }

  /** A customer with one invoice over 10 USD that is due, both of that number. */
  private static void owes(long id, String card) {
    sql(
        """
        INSERT INTO customers (id, name, email, customer_ref, payment_ref)
        VALUES (%1$d, 'A customer', 'c%1$d@example.org', 'cus_%1$d', '%2$s');
        INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
        VALUES (%1$d, %1$d, 10, 10, 'USD', CURRENT_DATE);
        """
            .formatted(id, card));
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

  private static Said run(String... command) {
    return Said.by(settings, command);
  }
}
