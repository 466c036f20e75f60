package billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import billing.sandbox.Fault;
import billing.sandbox.Fault.Kind;
import billing.sandbox.MailFaults;
import billing.sandbox.Match;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code billing resolve} as people start it, with the nightly user's grants. */
class ResolveProcessTest {

  private static Surroundings around;
  private static Path directory;
  private static Path settings;
  private static int invoice = 2000;

  @BeforeAll
  static void begin() throws Exception {
    directory = Files.createTempDirectory(Path.of("target"), "resolve-test-").toAbsolutePath();
    around =
        Surroundings.start(
            directory, SandboxSettings.DEFAULT.withWeather(Weather.parse("latency=5ms,lag=0ms")));
    settings =
        around.settings(
            "stripe",
            Map.of("gateway.timeout", "3s", "recovery.wait", "1s", "charge.max-declines", "60"));
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
  void statusPrintsTheCommandThatDecidesAndItWorks() throws Exception {
    var id = due("pm_card_visa");
    run("charge");
    sql("UPDATE invoices SET amount_due = 10 WHERE id = " + id + ";");

    var night = run("charge");

    assertThat(night.code()).as(night.text()).isEqualTo(4);
    var command = "billing resolve --invoice " + id + " --charge-again --because TEXT";
    assertThat(night.text()).contains(command);
    assertThat(run("status").text()).contains(command);
    assertThat(run("show", "" + id).text()).contains(command);
    var refused = run("resolve", "--invoice", "" + id, "--charge-again", "--because", "agreed");
    assertThat(refused.code()).as(refused.text()).isEqualTo(6);
    assertThat(refused.text()).contains("still shows").contains("try: refund it there first");
    around.gateway().ledger().reverse(transaction(id));

    var done = run("resolve", "--invoice", "" + id, "--charge-again", "--because", "agreed");

    assertThat(done.code()).as(done.text()).isZero();
    assertThat(done.text()).contains("is charged once more");
    var again = run("resolve", "--invoice", "" + id, "--charge-again", "--because", "agreed");
    assertThat(again.code()).isZero();
    assertThat(again.text()).contains("Nothing was written").contains("agreed");
    assertThat(run("charge").code()).isZero();
    assertThat(around.count("SELECT COUNT(*) FROM payments WHERE invoice_id = " + id)).isEqualTo(2);
    var live = run("show", "" + id, "--live");
    assertThat(live.code()).isZero();
    assertThat(live.text())
        .contains("at the gateway now: approved once, refunded since")
        .contains("at the gateway now: approved, transaction")
        .contains("released");
  }

  @Test
  void aReviewIsDecidedFromTheLinesOfStatus() throws Exception {
    var id = due("pm_card_visa");
    around.gateway().faults().next(Match.CHARGE, Fault.of(Kind.SILENT_AFTER));
    var watcher = Thread.ofVirtual().start(() -> failLookupsOnceCharged(id));
    var doubtful = run("charge");
    watcher.join();
    around.gateway().faults().clear();
    assertThat(doubtful.code()).as(doubtful.text()).isEqualTo(3);
    sql("UPDATE charge_attempts SET state = 'REVIEW' WHERE invoice_id = '" + id + "';");
    var key =
        around.rows("SELECT charge_key FROM charge_attempts WHERE state = 'REVIEW'").getFirst();
    var transaction = transaction(id);

    assertThat(run("status").text())
        .contains("billing resolve " + key + " --settled TXN --because TEXT")
        .contains("billing resolve " + key + " --not-charged --because TEXT");
    var document =
        run("resolve", key, "--settled", transaction, "--because", "it's in the portal", "--json");

    assertThat(document.code()).as(document.text()).isZero();
    var json = new ObjectMapper().readTree(document.text());
    assertThat(json.get("command").asText()).isEqualTo("resolve");
    assertThat(json.get("done").asBoolean()).isTrue();
    assertThat(json.get("invoice").asText()).isEqualTo("" + id);
    assertThat(run("show", "" + id).text()).contains("REVIEW -> SETTLED").contains("in the portal");
    assertThat(around.count("SELECT COUNT(*) FROM payments WHERE invoice_id = " + id)).isOne();
    var missing = run("resolve", key, "--not-charged", "--because", "x", "--json");
    assertThat(missing.code()).isEqualTo(6);
    assertThat(
            new ObjectMapper()
                .readTree(
                    missing
                        .text()
                        .lines()
                        .dropWhile(l -> !l.startsWith("{"))
                        .reduce("", (a, b) -> a + "\n" + b))
                .get("error")
                .get("name")
                .asText())
        .isEqualTo("refused");
  }

  @Test
  void theNightNamesTheCommandThatEndsTheWaitForAFormerAccount() throws Exception {
    var id = due("pm_card_visa");
    var key = "DEMO-" + id + "-1";
    declinedAtAFormerAccount(id, key);

    var night = run("charge");

    assertThat(night.code()).as(night.text()).isEqualTo(3);
    assertThat(night.text())
        .contains("invoice " + id + " waits: nobody answered a send of " + key)
        .contains("the stripe account acct_former in test mode is not asked any more")
        .contains("billing resolve " + key + " --settled TXN --because TEXT")
        .contains("billing resolve " + key + " --not-charged --because TEXT");
    var document = new ObjectMapper().readTree(run("charge", "--json").text());
    assertThat(document.at("/former_account/0/invoice").asText()).isEqualTo("" + id);
    assertThat(document.at("/former_account/0/decide")).hasSize(2);
    assertThat(run("show", "" + id, "--live").text())
        .contains(
            "at the gateway now: not asked: it was sent to the stripe account acct_former in test"
                + " mode, and gateway.key opens another")
        .doesNotContain("not found");

    var done = run("resolve", key, "--not-charged", "--because", "its pages show nothing");

    assertThat(done.code()).as(done.text()).isZero();
    assertThat(done.text()).contains(key + " stays DECLINED, and its sends are accounted for");
    assertThat(run("charge").code()).isZero();
    assertThat(around.count("SELECT COUNT(*) FROM payments WHERE invoice_id = " + id)).isOne();
    assertThat(run("show", "" + id).text()).contains("its pages show nothing");
  }

  @Test
  void aDecisionWhoseMailNobodyTookEndsAsAChargeDoes() throws Exception {
    var id = due("pm_card_visa");
    around.gateway().faults().next(Match.CHARGE, Fault.of(Kind.SILENT_AFTER));
    var watcher = Thread.ofVirtual().start(() -> failLookupsOnceCharged(id));
    assertThat(run("charge").code()).isEqualTo(3);
    watcher.join();
    around.gateway().faults().clear();
    sql("UPDATE charge_attempts SET state = 'REVIEW' WHERE invoice_id = '" + id + "';");
    var key =
        around.rows("SELECT charge_key FROM charge_attempts WHERE state = 'REVIEW'").getFirst();
    around.mail().misbehave(MailFaults.NONE.deferring(to -> true));
    try {
      var settled = run("resolve", key, "--settled", transaction(id), "--because", "x", "--json");

      assertThat(settled.code()).as(settled.text()).isEqualTo(9);
      var mail = new ObjectMapper().readTree(settled.text()).get("mail");
      assertThat(mail.get("sent").asInt()).isZero();
      assertThat(mail.get("later").asInt()).isOne();
      assertThat(mail.get("server_down").asBoolean()).isFalse();
    } finally {
      around.mail().misbehave(MailFaults.NONE);
      sql("UPDATE outbox_emails SET not_before = NULL WHERE state = 'READY';");
    }
    assertThat(run("notify").text()).contains("sent 1");
  }

  private static void declinedAtAFormerAccount(int id, String key) {
    sql(
        """
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, customer_ref, payment_ref, gateway,
                account_id, charge_key, live_mode, protocol, installation, as_of, run_no, created_at)
        VALUES ('%1$d', 1, 'PENDING', 10, 1000, 'USD', 'cus_%1$d', 'pm_card_visa', 'stripe',
                'acct_former', '%2$s', 0, 1, 'former', UTC_DATE() - INTERVAL 3 DAY, 1,
                UTC_TIMESTAMP(6) - INTERVAL 3 DAY);
        UPDATE charge_attempts
           SET state = 'SENT', send_no = 1, sends = '?', first_sent_at = UTC_TIMESTAMP(6) - INTERVAL 3 DAY,
               last_sent_at = UTC_TIMESTAMP(6) - INTERVAL 3 DAY
         WHERE charge_key = '%2$s';
        UPDATE charge_attempts SET state = 'DECLINED', retry_on = UTC_DATE() WHERE charge_key = '%2$s';
        """
            .formatted(id, key));
  }

  /** Not before: each run looks at the gateway's listing before it sends anything. */
  private static void failLookupsOnceCharged(int invoice) {
    var giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!around.gateway().ledger().standingByInvoice().containsKey("" + invoice)
        && System.nanoTime() < giveUp) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    around.gateway().faults().always(Match.LOOKUP, Fault.of(Kind.LOOKUP_FAILS));
  }

  @Test
  void aRunWithTooManyDeclinesIsVoidedAndItsInvoicesAreChargedAgain() throws Exception {
    var ids = new ArrayList<Integer>();
    for (int i = 0; i < 25; i++) {
      ids.add(due("pm_card_chargeDeclinedInsufficientFunds"));
    }
    var ill = run("charge");
    assertThat(ill.code()).as(ill.text()).isEqualTo(6);
    var held = around.rows("SELECT run_no FROM billing_runs WHERE declines = 'HELD'").getFirst();
    assertThat(ill.text()).contains("billing resolve --run " + held + " --void --because TEXT");
    var mails = around.count("SELECT COUNT(*) FROM outbox_emails WHERE state = 'HELD'");
    assertThat(mails).isPositive();

    assertThat(run("resolve", "--run", held, "--void", "--because", "the processor was ill").code())
        .isZero();

    assertThat(around.count("SELECT COUNT(*) FROM outbox_emails WHERE state = 'VOID'"))
        .isEqualTo(mails);
    var other = run("resolve", "--run", held, "--tell", "--because", "no");
    assertThat(other.code()).isEqualTo(6);
    assertThat(other.text()).contains("are void already").contains("the processor was ill");
    sql("UPDATE customers SET payment_ref = 'pm_card_visa' WHERE id >= " + ids.getFirst() + ";");
    assertThat(run("charge").code()).isZero();
    assertThat(run("resolve", "--run", "999", "--tell", "--because", "x").code()).isEqualTo(2);
    assertThat(run("resolve", "--run", "1", "--tell", "--because", "x").text())
        .contains("holds neither declines nor letters");
  }

  @Test
  void aDifferenceIsAcceptedOnceAndKeepsItsReason() throws Exception {
    var id = due("pm_card_visa");
    sql("UPDATE invoices SET amount_due = 10.005 WHERE id = " + id + ";");
    assertThat(run("charge").code()).isEqualTo(4);
    var number =
        around.rows("SELECT id FROM charge_differences WHERE invoice_id = '" + id + "'").getFirst();

    var wrong = run("resolve", "--difference", number, "--book", "--because", "x");
    assertThat(wrong.code()).isEqualTo(6);
    assertThat(wrong.text()).contains("is not chargeable, of which --book cannot be said");
    assertThat(run("resolve", "--difference", number, "--accept", "--because", "by hand").code())
        .isZero();

    assertThat(run("show", "" + id).text()).contains("ACCEPTED").contains("by hand");
    assertThat(run("resolve", "--difference", number, "--accept", "--because", "x").text())
        .contains("is decided already, --accept by ")
        .contains("by hand");
    assertThat(run("resolve", "--difference", "99999", "--accept", "--because", "x").code())
        .isEqualTo(2);
    assertThat(run("charge").code()).isZero();
    sql("UPDATE invoices SET amount_due = 0 WHERE id = " + id + ";");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --because x                                       | name what is to be decided
          SHOP-1-1 --because x                              | --not-charged, --settled
          SHOP-1-1 --settled t1                             | --because
          SHOP-1-1 --settled t1 --because                   | --because
          SHOP-1-1 --settled t1 --not-charged --because x   | --settled and --not-charged
          SHOP-1-1 --accept --because x                     | is said of --difference ID, not of KEY
          SHOP-1-1 --invoice 7 --charge-again --because x   | one decision at a time
          SHOP-1-1 --not-charged --although-not-refunded --because x | goes with --charge-again
          --invoice 7 --charge-again --although-account-refused --because x | waits until another
          --run 7 --tell --although-account-refused --because x | goes with --settled, --not-charged
          shop-1-1 --not-charged --because x                | has not the form of a charge key
          SHOP-1-1 --not-charged --because x                | knows no attempt SHOP-1-1
          --invoice 7 --because x                           | one of --charge-again
          --invoice 7 --charge-again --because x            | knows no attempt of invoice 7
          --difference seven --accept --because x           | --difference
          --difference 7 --accept --book --because x        | --accept and --book
          --run 1 --tell --void --because x                 | --tell and --void
          --run 1 --accept --because x                      | is said of --difference ID, not of --run N
          """)
  void wrongUseEndsWithTwo(String arguments, String says) throws Exception {
    var args = new ArrayList<String>(List.of("resolve"));
    args.addAll(List.of(arguments.strip().split(" ")));
    var said = run(args.toArray(new String[0]));

    assertThat(said.code()).as(said.text()).isEqualTo(2);
    assertThat(said.text()).contains(says).doesNotContain("\tat ");
    assertThat(around.count("SELECT COUNT(*) FROM billing_decisions WHERE because = 'x'")).isZero();
  }

  @Test
  void helpNamesEveryForm() throws Exception {
    assertThat(run("resolve", "--help").text())
        .contains("billing resolve KEY (--settled TXN | --not-charged)\n")
        .contains("--difference ID --accept\n         [--although-account-refused] --because TEXT")
        .contains("--charge-again")
        .contains("--run N (--tell | --void)");
  }

  /** A new customer with an invoice of ten dollars, due today. */
  private static int due(String card) {
    invoice++;
    sql(
        """
        INSERT INTO customers (id, name, email, customer_ref, payment_ref)
        VALUES (%1$d, 'Customer %1$d', 'c%1$d@example.org', 'cus_%1$d', '%2$s');
        INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
        VALUES (%1$d, %1$d, 10, 10, 'USD', '%3$s');
        """
            .formatted(invoice, card, LocalDate.now(ZoneOffset.UTC)));
    return invoice;
  }

  private static String transaction(int id) {
    return around.gateway().ledger().standing().stream()
        .filter(charge -> charge.invoice().equals("" + id))
        .findFirst()
        .orElseThrow()
        .transactionId();
  }

  private static void sql(String script) {
    around.database().run("USE shop;\n" + script);
  }

  private record Said(int code, String text) {}

  private static Said run(String... args) throws Exception {
    try (var children = new Children(settings, directory)) {
      var child = children.start(args);
      var code = child.await();
      return new Said(code, String.join("\n", child.said()));
    }
  }
}
