package billing.gateway.nmi;

import static billing.gateway.LiteralServer.closes;
import static billing.gateway.LiteralServer.raw;
import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.LiteralServer;
import billing.gateway.Said;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Declined;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each reply of NMI to a sale proves, over HTTP, by its literal text. */
@Timeout(20)
class NmiChargeTest {

  private static final String REST = "&authcode=&transactionid=&avsresponse=&cvvresponse=";

  private LiteralServer server;
  private Gateway nmi;

  @BeforeEach
  void open() throws IOException {
    server = LiteralServer.start();
    nmi = Nmi.open(Attempts.settings(server.url()), () -> Attempts.SENT_AT.plusSeconds(3600));
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
    server.close();
  }

  private GatewayReply charge() {
    return charge("?");
  }

  private GatewayReply charge(String sends) {
    var order = Attempts.order("19.99", "USD", null, "V1001");
    return nmi.charge(Attempts.of(order, sends), () -> true);
  }

  @Test
  void theRequestIsWrittenExactlySo() {
    charge();
    var asked = server.asked().getFirst();
    assertThat(asked.line()).isEqualTo("POST /api/transact.php HTTP/1.1");
    assertThat(asked.headers())
        .containsEntry("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    assertThat(asked.body())
        .isEqualTo(
            "security_key=sk_test_SECRET&type=sale&amount=19.99&currency=USD"
                + "&customer_vault_id=V1001&orderid=ACME-A1001-1"
                + "&order_description=Order+A-1001&ponumber=A1001"
                + "&merchant_defined_field_1=ACME-A1001-1&merchant_defined_field_2=A1001"
                + "&merchant_defined_field_3=inst-1"
                + "&initiated_by=merchant&stored_credential_indicator=used");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      nullValues = "none",
      textBlock =
          """
          ?,    none
          -?,   none
          --?,  none
          ??,   4200
          r?,   none
          -r?,  none
          rr-?, none
          r??,  4200
          ?r?,  4200
          !?,   4200
          ?-?,  4200
          """)
  void aRepeatIsGuardedForTheTimeSinceTheFirstSend(String sends, String seconds) {
    charge(sends);
    var body = server.asked().getFirst().body();
    if (seconds == null) {
      assertThat(body).doesNotContain("dup_seconds");
    } else {
      assertThat(body).endsWith("&stored_credential_indicator=used&dup_seconds=" + seconds);
    }
  }

  @Test
  void theGuardNeverExceedsWhatNmiTakes() throws IOException {
    try (var late =
        Nmi.open(Attempts.settings(server.url()), () -> Attempts.SENT_AT.plusSeconds(9_000_000))) {
      late.charge(Attempts.of(Attempts.order("19.99", "USD", null, "V1001"), "??"), () -> true);
    }
    assertThat(server.asked().getFirst().body()).endsWith("&dup_seconds=7862400");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1999,  JPY, amount=1999&currency=JPY
          1.234, KWD, amount=1.234&currency=KWD
          0.50,  USD, amount=0.50&currency=USD
          """)
  void anAmountHasItsCurrencysOwnDecimals(String amount, String currency, String wire) {
    nmi.charge(Attempts.of(Attempts.order(amount, currency, null, "V1001"), "?"), () -> true);
    assertThat(server.asked().getFirst().body()).contains("&" + wire + "&");
  }

  @Test
  void nothingAndLessAreNotCharged() {
    for (var amount : new String[] {"0.00", "-1.00"}) {
      var order = Attempts.order(amount, "USD", null, "V1001");
      assertThat(Said.of(nmi.charge(Attempts.of(order, "?"), () -> true)))
          .isEqualTo("OrderRefused amount");
    }
    assertThat(server.connections()).isZero();
  }

  @ParameterizedTest(name = "{1}: {0}")
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 10_000,
      textBlock =
          """
          # reply | proves
          response=1&responsetext=SUCCESS&authcode=123456&transactionid=9100000001&avsresponse=Y&cvvresponse=&orderid=ACME-A1001-1&type=sale&response_code=100&customer_vault_id=V1001 | Approved 9100000001
          response=1&responsetext=SUCCESS&authcode=123456&transactionid=&orderid=ACME-A1001-1&type=sale&response_code=100   | Unknown
          response=1&responsetext=SUCCESS&authcode=123456&transactionid=0&orderid=ACME-A1001-1&type=sale&response_code=100  | Unknown
          response=1&responsetext=SUCCESS&authcode=123456&transactionid=9100000001&orderid=&type=&response_code=100         | Unknown
          response=1&responsetext=SUCCESS&transactionid=9100000001&orderid=ACME-A1001-1&response_code=200                   | Unknown
          response=1&responsetext=SUCCESS&transactionid=9100000001&orderid=ACME-A1001-1                                     | Unknown
          response=1&responsetext=SUCCESS&transactionid=9100000001&orderid=ACME-A1001-1&type=auth&response_code=100         | Unknown
          response=2&responsetext=DECLINE&transactionid=9100000002&orderid=ACME-A1001-1&type=validate&response_code=200     | Unknown
          response=1&responsetext=SUCCESS&transactionid=91+00&orderid=ACME-A1001-1&type=sale&response_code=100              | Unknown
          response=2&responsetext=DECLINE&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=200         | Declined 200 soft
          response=2&responsetext=DO+NOT+HONOR&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=201    | Declined 201 soft
          response=2&responsetext=DECLINE&authcode=&transactionid=9100000002&avsresponse=&cvvresponse=&orderid=ACME-A1001-1&type=sale&response_code=202 | Declined 202 soft
          response=2&responsetext=OVER+LIMIT&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=203      | Declined 203 soft
          response=2&responsetext=NOT+ALLOWED&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=204     | Declined 204 hard
          response=2&responsetext=INCORRECT&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=220       | Declined 220 hard
          response=2&responsetext=NO+ISSUER&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=221       | Declined 221 hard
          response=2&responsetext=NO+CARD&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=222         | Declined 222 hard
          response=2&responsetext=EXPIRED&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=223         | Declined 223 hard
          response=2&responsetext=BAD+EXPIRY&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=224      | Declined 224 hard
          response=2&responsetext=BAD+CODE&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=225        | Declined 225 hard
          response=2&responsetext=BAD+PIN&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=226         | Declined 226 hard
          response=2&responsetext=CALL+ISSUER&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=240     | Declined 240 soft
          response=2&responsetext=PICK+UP&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=250         | Declined 250 hard
          response=2&responsetext=LOST&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=251            | Declined 251 hard
          response=2&responsetext=STOLEN&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=252          | Declined 252 hard
          response=2&responsetext=FRAUD&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=253           | Declined 253 hard
          response=2&responsetext=SEE+TEXT&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=260        | Declined 260 soft
          response=2&responsetext=STOP+ALL&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=261        | Declined 261 hard
          response=2&responsetext=STOP+THIS&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=262       | Declined 262 hard
          response=2&responsetext=UPDATED&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=263         | Declined 263 hard
          response=2&responsetext=RETRY+LATER&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=264     | Declined 264 soft
          response=2&responsetext=DECLINE&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=299         | Declined 299 soft
          response=2&responsetext=DECLINE&transactionid=9100000002&orderid=ACME-A1001-1&type=sale                           | Declined 200 soft
          response=2&responsetext=DECLINE&transactionid=9100000002&orderid=ACME-A1001-1&type=sale&response_code=100         | Unknown
          response=2&responsetext=DECLINE&transactionid=9100000002&orderid=&type=sale&response_code=200                     | Unknown
          response=3&responsetext=Duplicate+transaction+REFID:3100000003&authcode=&transactionid=&avsresponse=&cvvresponse=&orderid=ACME-A1001-1&type=sale&response_code=300 | Duplicate
          response=3&responsetext=Rate+limit+exceeded&authcode=&transactionid=&avsresponse=&cvvresponse=&orderid=&type=&response_code=301 | NotCharged
          response=3&responsetext=Authentication+Failed&authcode=&transactionid=&avsresponse=&cvvresponse=&orderid=&type=&response_code=300 | AccountRefused
          response=3&responsetext=Specified+API+key+not+found&transactionid=&orderid=&response_code=300                     | AccountRefused
          response=3&responsetext=This+account+is+not+set+up+to+use+this+feature&transactionid=&orderid=&response_code=300  | AccountRefused
          response=3&responsetext=Sale+service+not+available&transactionid=&orderid=&response_code=300                      | AccountRefused
          response=3&responsetext=Invalid+Transaction+Type&transactionid=&orderid=&response_code=300                        | AccountRefused
          response=3&responsetext=Disabling+Duplicate+Check+is+not+allowed+for+this+processor&transactionid=&response_code=300 | AccountRefused
          response=3&responsetext=Invalid+Customer+Vault+Id+REFID:3100000004&transactionid=&orderid=&response_code=300      | OrderRefused 300
          response=3&responsetext=Invalid+amount+REFID:3100000004&transactionid=&orderid=&response_code=300                 | OrderRefused 300
          response=3&responsetext=Invalid+Credit+Card+Number+REFID:3100000005&transactionid=&orderid=ACME-A1001-1&response_code=300 | Declined 300 hard
          response=3&responsetext=The+card+has+expired&transactionid=&orderid=ACME-A1001-1&response_code=300                | Declined 300 hard
          response=3&responsetext=Your+API+key+has+expired&transactionid=&orderid=&response_code=300                        | AccountRefused
          response=3&responsetext=The+security+key+is+expired&transactionid=&orderid=&response_code=300                     | AccountRefused
          response=3&responsetext=Something+new&transactionid=&orderid=ACME-A1001-1&response_code=300                       | OrderRefused 300
          response=3&responsetext=Something+new&transactionid=9100000003&orderid=ACME-A1001-1&response_code=300             | Unknown
          response=3&responsetext=Processor+error&transactionid=9100000003&orderid=ACME-A1001-1&response_code=400           | Unknown
          response=3&responsetext=Bad+config&transactionid=&orderid=ACME-A1001-1&response_code=410                          | AccountRefused
          response=3&responsetext=Inactive&transactionid=&orderid=ACME-A1001-1&response_code=411                            | AccountRefused
          response=3&responsetext=Communication+error&transactionid=&orderid=ACME-A1001-1&response_code=420                 | Unknown
          response=3&responsetext=Communication+error+with+issuer&transactionid=&orderid=ACME-A1001-1&response_code=421     | Unknown
          response=3&responsetext=Duplicate+at+processor&transactionid=9100000003&orderid=ACME-A1001-1&response_code=430    | Duplicate
          response=3&responsetext=Format+error&transactionid=&orderid=ACME-A1001-1&response_code=440                        | AccountRefused
          response=3&responsetext=Invalid+transaction+information&transactionid=&orderid=ACME-A1001-1&response_code=441     | OrderRefused 441
          response=3&responsetext=Not+available&transactionid=&orderid=ACME-A1001-1&response_code=460                       | AccountRefused
          response=3&responsetext=Unsupported+card+type&transactionid=&orderid=ACME-A1001-1&response_code=461               | Declined 461 hard
          response=3&responsetext=Whatever&transactionid=&orderid=ACME-A1001-1&response_code=499                            | Unknown
          response=3&responsetext=Whatever&transactionid=&orderid=ACME-A1001-1                                              | Unknown
          response=4&responsetext=Whatever&transactionid=&orderid=ACME-A1001-1&response_code=100                            | Unknown
          response=&response_code=100&transactionid=9100000001&orderid=ACME-A1001-1                                         | Unknown
          responsetext=SUCCESS&response_code=100&transactionid=9100000001&orderid=ACME-A1001-1                              | Unknown
          response=1&response=2&response_code=100&transactionid=9100000001&orderid=ACME-A1001-1                             | Unknown
          response=1&response=1&response_code=100&transactionid=9100000001&orderid=ACME-A1001-1                             | Approved 9100000001
          response=1&response_code=100&transactionid=9100000001&orderid=ACME-A1001-1&x=%zz                                  | Unknown
          response=1&response_code=100&transactionid=9100000001&orderid=ACME-A1001-1&amount_authorized=lots                 | Unknown
          <html><body>response=1&response_code=100</body></html>                                                            | Unknown
          {"response":"1"}                                                                                                  | Unknown
          ''                                                                                                                | Unknown
          """)
  void theCertaintyTable(String line, String proves) {
    server.thenReply(200, line);
    assertThat(Said.of(charge())).isEqualTo(proves);
    assertThat(server.asked()).as("asked once, and nothing after it").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          429, NotCharged
          302, Unknown
          400, Unknown
          403, Unknown
          408, Unknown
          500, Unknown
          502, Unknown
          503, Unknown
          504, Unknown
          524, Unknown
          """)
  void theStatusOutsideThatTable(int status, String proves) {
    server.thenReply(status, "response=1&response_code=100&transactionid=9&orderid=ACME-A1001-1");
    assertThat(Said.of(charge())).isEqualTo(proves);
  }

  @Test
  void aLostReplyIsUnknown() {
    server.then(closes());
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void aLineOfWhichNobodyKnowsWhetherItIsWholeIsUnknown() {
    server.then(
        raw("HTTP/1.1 200 OK\r\n\r\nresponse=2&response_code=20&orderid=ACME-A1001-1&transact"));
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void anExpiredPermitIsProof() {
    var attempt = Attempts.of(Attempts.order("19.99", "USD", null, "V1001"), "?");
    assertThat(Said.of(nmi.charge(attempt, () -> false))).isEqualTo("NotCharged never left");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void anApprovalIsEchoedWithAllThatItCarries() {
    server.thenReply(
        200,
        "response=1&responsetext=SUCCESS&transactionid=9100000001&orderid=ACME-A1001-2"
            + "&response_code=100&customer_vault_id=V2002&amount_authorized=10.00\r\n");
    var approved = (Approved) charge();
    assertThat(approved.echo().contradictions(Attempts.order("19.99", "USD", null, "V1001")))
        .containsExactly(
            "key ACME-A1001-2 instead of ACME-A1001-1",
            "amount 10.00 USD instead of 19.99 USD",
            "payment method V2002 instead of V1001");
  }

  @Test
  void whatAReplyDoesNotCarryContradictsNothing() {
    server.thenReply(
        200,
        "response=1" + REST.replace("id=", "id=91") + "&orderid=ACME-A1001-1&response_code=100");
    assertThat(charge())
        .isEqualTo(
            new Approved(
                "91", new Echo("ACME-A1001-1", null, null, null, null, null, null, null), null));
  }

  @Test
  void anIdThatTheDatabaseCouldNotKeepWholeIsUnknown() {
    var line = "response=1&transactionid=%s&orderid=ACME-A1001-1&type=sale&response_code=100";
    server.thenReply(200, line.formatted("9".repeat(128)));
    assertThat(Said.of(charge())).isEqualTo("Approved " + "9".repeat(128));
    server.thenReply(200, line.formatted("9".repeat(129)));
    assertThat(Said.of(charge())).isEqualTo("Unknown");
  }

  @Test
  void theReasonOfAStolenCardIsKeptFromThePayer() {
    server.thenReply(
        200,
        "response=2&responsetext=STOLEN&response_code=252&transactionid=9&orderid=ACME-A1001-1");
    assertThat(((Declined) charge()).text()).isEqualTo("The card was declined.");
  }

  @Test
  void neitherTheKeyNorACardNumberIsInAnyText() {
    server.thenReply(
        200,
        "response=3&responsetext=Authentication+Failed+for+sk_test_SECRET+4111111111111111"
            + "&transactionid=&response_code=300");
    assertThat(charge().toString()).doesNotContain("SECRET").doesNotContain("4111").contains("***");
    assertThat(nmi.toString()).doesNotContain("SECRET");
  }

  @Test
  void nothingIsLeftOpenThatCouldBeClosed() {
    var attempt = Attempts.of(Attempts.order("19.99", "USD", null, "V1001"), "?");
    assertThat(Said.of(nmi.close(attempt, "9100000001"))).isEqualTo("Unknown");
    assertThat(server.connections()).isZero();
  }
}
