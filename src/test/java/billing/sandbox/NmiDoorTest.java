package billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** NMI's door answers the literal requests of its documentation with the literal replies. */
@Timeout(30)
class NmiDoorTest {

  private static final String KEY = "security_key=sandbox-security-key";

  private final MovableClock clock = new MovableClock();
  private final Sandbox sandbox =
      Sandbox.start(
          SandboxSettings.DEFAULT
              .withClock(clock)
              .withOtherKeys(Set.of("other-key"))
              .withWeather(Weather.parse("lag=0s")));
  private final RawHttp http = RawHttp.to(sandbox.nmiUrl());

  @AfterEach
  void close() {
    sandbox.close();
  }

  private String pay(String fields) throws IOException {
    var said = http.post("/api/transact.php", KEY + "&" + fields);
    assertThat(said.status()).as("200 even for errors").isEqualTo(200);
    return said.body();
  }

  private String query(String fields) throws IOException {
    var said = http.post("/api/query.php", KEY + "&" + fields);
    assertThat(said.status()).as("200 even for errors").isEqualTo(200);
    assertThat(said.body()).contains("<nm_response>");
    return said.body();
  }

  private static String sale(String amount, String vault, String order) {
    return "type=sale&amount="
        + amount
        + "&currency=USD&customer_vault_id="
        + vault
        + "&orderid="
        + order
        + "&ponumber=A-1001";
  }

  private static String transaction(String reply) {
    return RawFields.of(reply, "transactionid");
  }

  /** Reads one field of a reply. */
  private static final class RawFields {
    static String of(String line, String name) {
      for (var field : line.split("&", -1)) {
        if (field.startsWith(name + "=")) {
          return field.substring(name.length() + 1);
        }
      }
      throw new AssertionError(name + " is not in " + line);
    }
  }

  @Test
  void approvesASaleWithAVaultCard() throws IOException {
    var reply =
        pay(
            "type=sale&amount=19.99&currency=USD&customer_vault_id=V1001"
                + "&orderid=A-1001-1&order_description=Order+A-1001&ponumber=A-1001"
                + "&merchant_defined_field_1=A-1001-1"
                + "&initiated_by=merchant&stored_credential_indicator=used"
                + "&initial_transaction_id=2760000001&billing_method=recurring"
                + "&dup_seconds=1200"
                + "&first_name=Ann&last_name=Lee&address1=1+Main+St&city=Oslo&state=&zip=0150"
                + "&country=NO&email=a%40example.org");

    assertThat(reply)
        .matches(
            "response=1&responsetext=SUCCESS&authcode=123456&transactionid=\\d+&avsresponse=Y"
                + "&cvvresponse=&orderid=A-1001-1&type=sale&response_code=100"
                + "&customer_vault_id=V1001");
    var charge = sandbox.ledger().underKey("A-1001-1").getFirst();
    assertThat(charge.invoice()).isEqualTo("A-1001");
    assertThat(charge.amount()).hasToString("19.99 USD");
    assertThat(charge.card()).isEqualTo("V1001");
    assertThat(charge.transactionId()).isEqualTo(transaction(reply));
    assertThat(charge.wire()).containsEntry("email", "a@example.org");
    assertThat(charge.wire()).doesNotContainKey("security_key");
    assertThat(sandbox.ledger().standingByInvoice()).containsEntry("A-1001", 1).hasSize(1);
  }

  @Test
  void declinesWithATransactionId() throws IOException {
    assertThat(pay(sale("19.99", "V-DECLINE-202", "A-1001-1")))
        .matches(
            "response=2&responsetext=INSUFFICIENT FUNDS&authcode=&transactionid=\\d+&avsresponse="
                + "&cvvresponse=&orderid=A-1001-1&type=sale&response_code=202");
    assertThat(pay(sale("19.99", "V-DECLINE-461-7", "A-1001-2"))).startsWith("response=3&");
    assertThat(sandbox.ledger().standing()).isEmpty();
  }

  @Test
  void declinesLessThanOneDollar() throws IOException {
    assertThat(pay(sale("0.99", "V1001", "A-1001-1")))
        .startsWith("response=2&responsetext=DECLINE&");
  }

  @Test
  void refusesAnEqualAmountOnTheSameCardWithinTheWindow() throws IOException {
    pay(sale("19.99", "V1001", "A-1001-1"));

    assertThat(pay(sale("19.99", "V1001", "B-7-1")))
        .matches(
            "response=3&responsetext=Duplicate transaction REFID:\\d+&authcode=&transactionid="
                + "&avsresponse=&cvvresponse=&orderid=B-7-1&type=sale&response_code=300");
    assertThat(pay(sale("20.00", "V1001", "B-7-2"))).startsWith("response=1&");
    assertThat(pay(sale("19.99", "V1002", "B-7-3"))).startsWith("response=1&");
    clock.advance(Duration.ofSeconds(1201));
    assertThat(pay(sale("19.99", "V1001", "B-7-4"))).startsWith("response=1&");
  }

  @Test
  void takesNoDeclineForAnEarlierTransaction() throws IOException {
    pay(sale("19.99", "V-DECLINE-202", "A-1001-1"));

    assertThat(pay(sale("19.99", "V-DECLINE-202", "A-1001-2"))).startsWith("response=2&");
  }

  @Test
  void letsARequestSetItsOwnWindow() throws IOException {
    pay(sale("19.99", "V1001", "A-1001-1"));
    assertThat(pay(sale("19.99", "V1001", "A-1001-2") + "&dup_seconds=0"))
        .startsWith("response=1&");
    clock.advance(Duration.ofHours(3));
    assertThat(pay(sale("19.99", "V1001", "A-1001-3") + "&dup_seconds=86400"))
        .contains("Duplicate transaction");

    sandbox.faults().weather(Weather.parse("lag=0s,duplicate-override=off"));
    assertThat(pay(sale("19.99", "V1001", "A-1001-4") + "&dup_seconds=86400"))
        .startsWith("response=1&");
    sandbox.faults().weather(Weather.parse("lag=0s,duplicate-window=off"));
    assertThat(pay(sale("19.99", "V1001", "A-1001-5"))).startsWith("response=1&");
  }

  @Test
  void canTellOrdersApartInTheDuplicateCheck() throws IOException {
    sandbox.faults().weather(Weather.parse("lag=0s,duplicate-order-id=on"));
    pay(sale("19.99", "V1001", "A-1001-1"));

    assertThat(pay(sale("19.99", "V1001", "B-7-1"))).startsWith("response=1&");
    assertThat(pay(sale("19.99", "V1001", "B-7-1"))).contains("Duplicate transaction");
  }

  @Test
  void refusesStrangersUnknownCardsAndNonsense() throws IOException {
    assertThat(
            http.post("/api/transact.php", "security_key=wrong&" + sale("19.99", "V1", "A-1"))
                .body())
        .isEqualTo(
            "response=3&responsetext=Authentication Failed&authcode=&transactionid=&avsresponse="
                + "&cvvresponse=&orderid=&type=&response_code=300");
    assertThat(pay(sale("19.99", "V-MISSING", "A-1"))).contains("Invalid Customer Vault Id");
    assertThat(pay(sale("nineteen", "V1", "A-1"))).contains("Invalid amount");
    assertThat(pay(sale("19.999", "V1", "A-1"))).contains("Invalid amount");
    assertThat(pay("type=gift")).contains("Invalid Transaction Type");
    assertThat(sandbox.ledger().charges()).isEmpty();
  }

  @Test
  void findsATransactionByItsOrderId() throws IOException {
    var paid =
        pay(sale("19.99", "V1001", "A-1001-1") + "&merchant_defined_field_1=A-1001-1&zip=%3C%26");

    var xml = query("order_id=A-1001-1&transaction_type=cc&action_type=sale");

    assertThat(xml.replace("\n", ""))
        .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?><nm_response><transaction>")
        .contains("<transaction_id>" + transaction(paid) + "</transaction_id>")
        .contains("<condition>pendingsettlement</condition><order_id>A-1001-1</order_id>")
        .contains("<currency>USD</currency><customerid>V1001</customerid>")
        .contains("<merchant_defined_field id=\"1\">A-1001-1</merchant_defined_field>")
        .contains("<action><amount>19.99</amount><action_type>sale</action_type><date>")
        .contains("<success>1</success>")
        .contains("<response_code>100</response_code>")
        .endsWith("</action></transaction></nm_response>");
    assertThat(query("transaction_id=1," + transaction(paid))).contains("A-1001-1");
    assertThat(query("merchant_defined_field_1=A-1001-1")).contains("A-1001-1");
  }

  @Test
  void answersAnEmptyResponseWhereNothingFits() throws IOException {
    pay(sale("19.99", "V1001", "A-1001-1"));

    for (var question :
        new String[] {
          "order_id=A-1001-2",
          "order_id=A-1001-1&condition=failed",
          "order_id=a-1001-1",
          "order_id=A-1001-1&action_type=refund",
          "transaction_type=ck"
        }) {
      assertThat(query(question))
          .as(question)
          .isEqualTo("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response></nm_response>\n");
    }
  }

  @Test
  void saysErrorsOfAQueryUnderTheStatus200() throws IOException {
    assertThat(http.post("/api/query.php", "security_key=wrong&order_id=A-1").body())
        .contains("<nm_response><error_response>Authentication Failed</error_response>");
    assertThat(query("order=A-1")).contains("<error_response>");
    assertThat(query("start_date=yesterday")).contains("<error_response>");
    assertThat(query("report_type=profile")).contains("<error_response>");
  }

  @Test
  void filtersByTheTimeOfTheLastChange() throws IOException {
    pay(sale("19.99", "V1001", "A-1001-1"));
    var start = "start_date=" + NmiTimes.of(clock.instant().plusSeconds(60));
    assertThat(query(start)).doesNotContain("A-1001-1");
    assertThat(query("end_date=" + NmiTimes.of(clock.instant().plusSeconds(60))))
        .contains("A-1001-1");
    clock.advance(Duration.ofHours(1));

    sandbox.ledger().cutOff();

    assertThat(query(start)).contains("A-1001-1").contains("<condition>complete</condition>");
  }

  /** Times as the Query API takes them. */
  private static final class NmiTimes {
    static String of(java.time.Instant at) {
      return java.time.format.DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
          .withZone(java.time.ZoneOffset.UTC)
          .format(at);
    }
  }

  @Test
  void givesPagesInEitherOrder() throws IOException {
    for (int i = 1; i <= 5; i++) {
      pay(sale("19.9" + i, "V1001", "A-" + i));
    }
    assertThat(query("result_limit=2&page_number=0")).contains("A-1<", "A-2<");
    assertThat(query("result_limit=2&page_number=2")).contains("A-5<").doesNotContain("A-4<");
    assertThat(query("result_limit=2&page_number=3")).contains("<nm_response></nm_response>");
    assertThat(query("result_limit=1&result_order=reverse")).contains("A-5<");
  }

  @Test
  void capturesWhatItAuthorized() throws IOException {
    var held = transaction(pay(sale("19.99", "V1001", "A-1").replace("sale", "auth")));
    assertThat(query("transaction_id=" + held))
        .contains("<condition>pending</condition>", "<action_type>auth</action_type>")
        .doesNotContain("<action_type>sale</action_type>");
    assertThat(sandbox.ledger().standing()).isEmpty();

    assertThat(pay("type=capture&amount=20.00&transactionid=" + held)).startsWith("response=3&");
    assertThat(pay("type=capture&amount=15.00&transactionid=" + held))
        .startsWith("response=1&")
        .contains("&transactionid=" + held + "&", "&type=capture&");
    assertThat(pay("type=capture&transactionid=" + held)).startsWith("response=3&");

    assertThat(query("transaction_id=" + held))
        .contains("<condition>pendingsettlement</condition>")
        .containsSubsequence("<amount>19.99<", "auth", "<amount>15.00<", "capture");
    assertThat(sandbox.ledger().standing()).hasSize(1);
  }

  @Test
  void voidsAnAuthorization() throws IOException {
    var held = transaction(pay(sale("19.99", "V1001", "A-1").replace("sale", "auth")));

    assertThat(pay("type=void&transactionid=" + held)).startsWith("response=1&");

    assertThat(query("transaction_id=" + held)).contains("<condition>canceled</condition>");
    assertThat(pay("type=capture&transactionid=" + held)).startsWith("response=3&");
    assertThat(sandbox.ledger().standing()).isEmpty();
  }

  @Test
  void voidsOnlyBeforeTheCutOff() throws IOException {
    var first = transaction(pay(sale("19.99", "V1001", "A-1")));
    var second = transaction(pay(sale("20.99", "V1001", "A-2")));

    assertThat(pay("type=void&transactionid=" + first))
        .startsWith("response=1&responsetext=Transaction Void Successful&");
    assertThat(query("order_id=A-1"))
        .contains("<condition>canceled</condition>", "<action_type>void</action_type>");
    sandbox.ledger().cutOff();
    assertThat(pay("type=void&transactionid=" + second))
        .contains("Only transactions pending settlement can be voided");
    assertThat(pay("type=void&transactionid=1")).contains("Invalid Transaction ID specified");
    assertThat(sandbox.ledger().standing()).hasSize(1);
  }

  @Test
  void refundsAPartAndThenTheRest() throws IOException {
    var id = transaction(pay(sale("19.99", "V1001", "A-1")));

    assertThat(pay("type=refund&transactionid=" + id + "&amount=9.99")).startsWith("response=1&");
    assertThat(sandbox.ledger().standing()).hasSize(1);
    assertThat(pay("type=refund&transactionid=" + id + "&amount=19.99")).startsWith("response=3&");
    assertThat(pay("type=refund&transactionid=" + id)).startsWith("response=1&");
    assertThat(sandbox.ledger().standing()).isEmpty();
    assertThat(query("order_id=A-1")).contains("<action_type>refund</action_type>", "-19.99");
  }

  @Test
  void holdsForReviewUntilSomebodyDecides() throws IOException {
    var held = pay(sale("19.99", "V-HELD-1", "A-1"));
    assertThat(held).startsWith("response=3&").contains("response_code=420");
    assertThat(query("order_id=A-1"))
        .contains("<condition>in_progress</condition>", "<success>0</success>");

    assertThat(sandbox.ledger().decide(transaction(held), true, "100", "SUCCESS")).isTrue();

    assertThat(query("order_id=A-1"))
        .contains("<condition>pendingsettlement</condition>", "<success>1</success>");
    assertThat(sandbox.ledger().decide(transaction(held), false, "200", "DECLINE")).isFalse();
  }

  @Test
  void takesCurrenciesWithOtherDecimals() throws IOException {
    pay("type=sale&amount=500&currency=JPY&customer_vault_id=V1&orderid=JPY");
    pay("type=sale&amount=1.234&currency=KWD&customer_vault_id=V1&orderid=KWD");

    assertThat(sandbox.ledger().underKey("JPY").getFirst().amount()).hasToString("500 JPY");
    assertThat(sandbox.ledger().underKey("KWD").getFirst().amount()).hasToString("1.234 KWD");
  }

  @Test
  void keepsAccountsApart() throws IOException {
    pay(sale("19.99", "V1001", "A-1"));

    assertThat(http.post("/api/query.php", "security_key=other-key&order_id=A-1").body())
        .contains("<nm_response></nm_response>");
  }

  @Test
  void throttlesOverTheRate() throws IOException {
    sandbox.faults().weather(Weather.parse("lag=0s,rate=1"));
    var last = "";
    for (int i = 0; i < 3; i++) {
      last = pay(sale("19.9" + i, "V1001", "A-" + i));
    }
    assertThat(last)
        .isEqualTo(
            "response=3&responsetext=Rate limit exceeded&authcode=&transactionid=&avsresponse="
                + "&cvvresponse=&orderid=&type=&response_code=301");
  }
}
