package billing.gateway.nmi;

import static billing.gateway.LiteralServer.closes;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import billing.gateway.AccountReply;
import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.LiteralServer;
import billing.gateway.Said;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.Currency;
import billing.model.GatewayReply.Approved;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Query API's answers prove, over HTTP, by their literal text. */
@Timeout(20)
class NmiLookupTest {

  private static final String NONE =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response></nm_response>";

  private LiteralServer server;
  private Gateway nmi;

  @BeforeEach
  void open() throws IOException {
    server = LiteralServer.start();
    nmi = Nmi.open(Attempts.settings(server.url()), InstantSource.system());
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
    server.close();
  }

  private static Attempt attempt() {
    return Attempts.of(Attempts.order("19.99", "USD", null, "V1001"), "?");
  }

  private static String report(String... transactions) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response>\n"
        + String.join("\n", transactions)
        + "</nm_response>";
  }

  /** A transaction in the words of the Query API, with one sale in it. */
  private static String filed(
      String id, String condition, String orderId, String success, String code) {
    return """
    <transaction>
      <transaction_id>%s</transaction_id><transaction_type>cc</transaction_type>
      <condition>%s</condition><order_id>%s</order_id>
      <authorization_code>123456</authorization_code><currency>USD</currency><customerid>V1001</customerid>
      <cc_number>4xxxxxxxxxxx1111</cc_number><processor_id>p1</processor_id>
      <merchant_defined_field id="2">A1001</merchant_defined_field>
      <product><sku>a</sku></product>
      <action><amount>19.99</amount><action_type>sale</action_type><date>20261124020010</date><success>%s</success>
        <source>api</source><response_text>SUCCESS</response_text><response_code>%s</response_code>
        <requested_amount>19.99</requested_amount><processor_response_code>00</processor_response_code><batch_id>0</batch_id></action>
    </transaction>
    """
        .formatted(id, condition, orderId, success, code);
  }

  private static String sale() {
    return filed("9100000001", "pendingsettlement", "ACME-A1001-1", "1", "100");
  }

  private static String with(String transaction, String action) {
    return transaction.replace(
        "</transaction>",
        "<action><amount>19.99</amount><action_type>%s</action_type><success>1</success></action></transaction>"
            .formatted(action));
  }

  private List<String> find() {
    return nmi.find(attempt(), false).stream().map(Said::of).toList();
  }

  private List<String> findAfterDuplicate() {
    return nmi.find(attempt(), true).stream().map(Said::of).toList();
  }

  private String body(int n) {
    return server.asked().get(n).body();
  }

  @Test
  void theQuestionIsExactAndNeverPutsTheKeyIntoTheAddress() {
    server.thenReply(200, report(sale()));
    assertThat(find()).containsExactly("Approved 9100000001");
    assertThat(server.asked().getFirst().line()).isEqualTo("POST /api/query.php HTTP/1.1");
    assertThat(body(0)).isEqualTo("security_key=sk_test_SECRET&order_id=ACME-A1001-1");
  }

  @Test
  void notFoundRestsOnTwoCleanAnswers() {
    server.thenReply(200, NONE).thenReply(200, NONE);
    assertThat(find()).containsExactly("NotFound");
    assertThat(body(1))
        .isEqualTo("security_key=sk_test_SECRET&merchant_defined_field_1=ACME-A1001-1");
  }

  @Test
  void whatOnlyTheSecondIndexHasIsFound() {
    var sale =
        sale()
            .replace(
                "<order_id>ACME-A1001-1</order_id>",
                "<order_id/><merchant_defined_field"
                    + " id=\"1\">ACME-A1001-1</merchant_defined_field>");
    server.thenReply(200, NONE).thenReply(200, report(sale));
    assertThat(find()).containsExactly("Approved 9100000001");
  }

  @Test
  void aFailedSecondQuestionIsUnknown() {
    server.thenReply(200, NONE).then(closes());
    assertThat(find()).containsExactly("Unknown");
  }

  @Test
  void everythingThatIsCarriedIsEchoed() {
    var odd =
        sale()
            .replace("<amount>19.99", "<amount>18.99")
            .replace("V1001", "V2002")
            .replace(
                "A1001</merchant_defined_field>",
                "B7</merchant_defined_field><merchant_defined_field"
                    + " id=\"3\">inst-2</merchant_defined_field>");
    server.thenReply(200, report(odd));
    var approved = (Approved) nmi.find(attempt(), false).getFirst();
    assertThat(approved.at()).isEqualTo(Instant.parse("2026-11-24T02:00:10Z"));
    assertThat(approved.echo().contradictions(attempt().order()))
        .containsExactly(
            "amount 18.99 USD instead of 19.99 USD",
            "payment method V2002 instead of V1001",
            "invoice B7 instead of A1001",
            "installation inst-2 instead of inst-1");
  }

  @ParameterizedTest(name = "{0}, success {1}, code {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # condition | sale's success | response code | proves
          pendingsettlement | 1 | 100 | Approved 9100000001
          complete          | 1 | 100 | Approved 9100000001
          canceled          | 1 | 100 | Reversed 9100000001
          failed            | 0 | 202 | Declined 202 soft
          failed            | 0 | 252 | Declined 252 hard
          canceled          | 0 | 202 | Declined 202 soft
          failed            | 0 | 100 | Unknown
          failed            | 0 | 199 | Unknown
          failed            | '' | 202 | Unknown
          failed            | no | 202 | Unknown
          failed            | 0 | 461 | Declined 461 hard
          failed            | 0 | 421 | Declined 421 soft
          failed            | 0 | 410 | Closed 9100000001
          failed            | 0 | 441 | Closed 9100000001
          unknown           | 1 | 100 | Unknown
          in_progress       | 1 | 100 | Unknown
          pending           | 1 | 100 | Unknown
          unknown           | 0 | 202 | Unknown
          in_progress       | 0 | 202 | Unknown
          complete          | 0 | 202 | Unknown
          failed            | 1 | 100 | Unknown
          abandoned         | 1 | 100 | Unknown
          something         | 1 | 100 | Unknown
          ''                | 1 | 100 | Unknown
          """)
  void conditionAndSaleMustAgree(String condition, String success, String code, String proves) {
    server.thenReply(200, report(filed("9100000001", condition, "ACME-A1001-1", success, code)));
    assertThat(find()).containsExactly(proves);
  }

  @Test
  void aSaleOfWhichNobodySaysHowItEndedMakesItsTransactionUnclear() {
    var odd = with(sale(), "sale").replaceFirst("(?s)(.*)<success>1</success>", "$1");
    server.thenReply(200, report(odd));
    assertThat(find()).containsExactly("Unknown");
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource(
      textBlock =
          """
          <condition>pendingsettlement</condition>, <condition>failed</condition>
          <order_id>ACME-A1001-1</order_id>,        <order_id>ACME-B7-1</order_id>
          <amount>19.99</amount>,                   <amount>19.98</amount>
          <success>1</success>,                     <success>0</success>
          """)
  void whatIsSaidTwiceAndDifferentlyIsUnreadable(String first, String second) {
    server.thenReply(200, report(sale().replace(first, first + second)));
    assertThat(find()).containsExactly("Unknown");
    server.thenReply(200, report(sale().replace(first, first + first)));
    assertThat(find()).containsExactly("Approved 9100000001");
  }

  @Test
  void anIdThatTheDatabaseCouldNotKeepWholeIsUnknown() {
    server.thenReply(200, report(sale().replace("9100000001", "9".repeat(129))));
    assertThat(find()).containsExactly("Unknown");
  }

  @ParameterizedTest(name = "a sale and then {0}: {1}")
  @CsvSource(
      textBlock =
          """
          settle,       Approved 9100000001
          level3,       Approved 9100000001
          void,         Reversed 9100000001
          refund,       Reversed 9100000001
          credit,       Reversed 9100000001
          return,       Reversed 9100000001
          check_return, Reversed 9100000001
          sale,         Unknown
          """)
  void whatWasDoneToTheSaleSince(String action, String proves) {
    server.thenReply(200, report(with(sale(), action)));
    assertThat(find()).containsExactly(proves);
  }

  @Test
  void aRefundFiledAsATransactionOfItsOwnMarksItsSale() {
    var refund =
        sale()
            .replace("9100000001", "9100000009")
            .replace("<action_type>sale", "<action_type>refund");
    server.thenReply(200, report(sale(), refund));
    assertThat(find()).containsExactly("Reversed 9100000001");
    server.thenReply(200, report(refund));
    assertThat(find()).containsExactly("Unknown");
  }

  @Test
  void oneThatIsAskedForByItsIdIsReadWithTheRefundsBesideIt() {
    var refund =
        sale()
            .replace("9100000001", "9100000009")
            .replace("<action_type>sale", "<action_type>refund");
    server.thenReply(200, report(sale())).thenReply(200, report(sale(), refund));
    assertThat(look()).isEqualTo("Reversed 9100000001");
    server.thenReply(200, report(sale())).thenReply(200, report(sale()));
    assertThat(look()).isEqualTo("Approved 9100000001");
    server.thenReply(200, report(sale())).thenReply(200, report(refund));
    assertThat(look()).isEqualTo("Unknown");
    server.thenReply(200, report(sale())).thenReply(503, "");
    assertThat(look()).isEqualTo("Unknown");
    server.thenReply(200, report(sale().replace("pendingsettlement", "canceled")));
    assertThat(look()).as("nothing more is asked").isEqualTo("Reversed 9100000001");
    var stranger = sale().replaceAll("<order_id>.*</order_id>", "<order_id></order_id>");
    server.thenReply(200, report(stranger));
    assertThat(look()).as("without an order id").isEqualTo("Approved 9100000001");
    var another = sale().replace("9100000001", "9100000002");
    server.thenReply(200, report(sale())).thenReply(200, report(sale(), another, refund));
    assertThat(look()).as("of which sale, nobody says").isEqualTo("Approved 9100000001");
  }

  /** A payment page that was left is nobody's sale; of ours the same word would be no proof. */
  @Test
  void onlyOfWhatIsAskedForByItsIdAbandonedIsAnOutcome() {
    var left = filed("9100000001", "abandoned", "ACME-A1001-1", "0", "300");
    server.thenReply(200, report(left));
    assertThat(look()).isEqualTo("Closed 9100000001");
    server.thenReply(200, report(left));
    assertThat(find()).containsExactly("Unknown");
  }

  /** A sale in two steps is somebody else's: under a key of ours it would contradict itself. */
  @ParameterizedTest(name = "{0}, a hold and {1}: {2}")
  @CsvSource(
      textBlock =
          """
          pending,           level3,  Undecided 9100000001 held
          pendingsettlement, capture, Approved 9100000001
          complete,          capture, Approved 9100000001
          complete,          refund,  Unknown
          canceled,          void,    Closed 9100000001
          unknown,           level3,  Unknown
          """)
  void onlyWhatIsAskedForByItsIdMayBeASaleInTwoSteps(
      String condition, String action, String proves) {
    var hold =
        filed("9100000001", condition, "", "1", "100")
            .replace("<action_type>sale", "<action_type>auth");
    server.thenReply(200, report(with(hold, action)));
    assertThat(look()).isEqualTo(proves);
    var ours = hold.replace("<order_id>", "<order_id>ACME-A1001-1");
    server.thenReply(200, report(with(ours, action)));
    assertThat(find()).containsExactly("Unknown");
  }

  private String look() {
    return Said.of(nmi.look("9100000001", Currency.of("USD").orElseThrow()));
  }

  @Test
  void howMuchOfASaleWentBackIsTold() {
    var refund =
        sale()
            .replace("9100000001", "9100000009")
            .replace("<action_type>sale", "<action_type>refund");
    server.thenReply(200, report(sale(), refund.replace("19.99", "5.00")));
    assertThat(find()).containsExactly("Reversed 9100000001 in part");
    var rest = refund.replace("9100000009", "9100000008").replace("19.99", "14.99");
    server.thenReply(200, report(sale(), refund.replace("19.99", "-5.00"), rest));
    assertThat(find()).as("two that make it whole").containsExactly("Reversed 9100000001");
    var twin = sale().replace("9100000001", "9100000002");
    server.thenReply(200, report(sale(), twin, refund));
    assertThat(find())
        .as("nobody says of which")
        .containsExactly("Reversed 9100000001 in part", "Reversed 9100000002 in part");
    server.thenReply(200, report(sale(), twin.replace("19.99", "many"), refund));
    assertThat(find())
        .as("nor what the other one took")
        .containsExactly("Reversed 9100000001 in part", "Unknown");
    server.thenReply(200, report(sale(), twin, refund, refund.replace("9100000009", "9100000008")));
    assertThat(find())
        .as("enough for both")
        .containsExactly("Reversed 9100000001", "Reversed 9100000002");
    var declined = filed("9100000003", "failed", "ACME-A1001-1", "0", "202");
    server.thenReply(200, report(declined, sale(), refund));
    assertThat(find()).containsExactly("Declined 202 soft", "Reversed 9100000001");
    var named =
        refund.replace(
            "<condition>",
            "<original_transaction_id>9100000002</original_transaction_id><condition>");
    server.thenReply(200, report(sale(), twin, named));
    assertThat(find()).containsExactly("Approved 9100000001", "Reversed 9100000002");
  }

  @Test
  void severalTransactionsAreSeveralReplies() {
    server.thenReply(
        200,
        report(
            filed("1", "failed", "ACME-A1001-1", "0", "202"),
            filed("2", "complete", "ACME-A1001-1", "1", "100"),
            filed("3", "complete", "ACME-A1001-1", "1", "100")));
    assertThat(find()).containsExactly("Declined 202 soft", "Approved 2", "Approved 3");
  }

  @Test
  void whatWasNotAskedForMakesTheAnswerUnknown() {
    server.thenReply(200, report(sale(), filed("2", "complete", "acme-a1001-1", "1", "100")));
    assertThat(find()).containsExactly("Unknown");
  }

  /** A doubt that was answered gives up its place; one that was not keeps it. */
  @Test
  void anAnswerThatLeavesEverythingOpenIsOne() {
    server.thenReply(200, report(sale().replace("<action_type>sale", "<action_type>refund")));
    assertThat(isAnswered()).as("money given back, and no sale").isTrue();
    server.thenReply(200, report(sale().replace("<amount>19.99", "<amount>lots")));
    assertThat(isAnswered()).as("no amount of money").isTrue();
    server.thenReply(200, report(filed("2", "complete", "acme-a1001-1", "1", "100")));
    assertThat(isAnswered()).as("what was not asked for").isFalse();
    server.thenReply(200, "<nm_response>");
    assertThat(isAnswered()).as("unreadable").isFalse();
    server.thenReply(503, "");
    assertThat(isAnswered()).as("failed").isFalse();
  }

  private boolean isAnswered() {
    var reply = nmi.find(attempt(), false).getFirst();
    assertThat(Said.of(reply)).isEqualTo("Unknown");
    return !reply.isNoAnswer();
  }

  @ParameterizedTest(name = "{1}: {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <nm_response><error_response>Authentication Failed</error_response></nm_response>       | AccountRefused
          <nm_response><error_response>Specified API key not found</error_response></nm_response> | AccountRefused
          <nm_response><error_response>Invalid date format</error_response></nm_response>         | Unknown
          <nm_response><error_response/></nm_response>                                            | Unknown
          <nm_response>                                                                           | Unknown
          <nm_response></nm_response                                                              | Unknown
          <nm_response></nm_response><nm_response></nm_response>                                  | Unknown
          <nm_response>maintenance</nm_response>                                                  | Unknown
          <nm_response><notice/></nm_response>                                                    | Unknown
          <nm_response><transaction/></nm_response>                                               | Unknown
          <html><nm_response></nm_response></html>                                                | Unknown
          <html><body>Down for maintenance</body></html>                                          | Unknown
          ''                                                                                      | Unknown
          response=3&responsetext=Authentication+Failed&response_code=300                         | Unknown
          """)
  void anAnswerThatIsNotCleanIsNeverNotFound(String xml, String proves) {
    server.thenReply(200, xml);
    assertThat(find()).containsExactly(proves);
    assertThat(server.asked()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"302", "401", "403", "429", "500", "503"})
  void anotherStatusThan200IsUnknown(int status) {
    server.thenReply(status, NONE);
    assertThat(find()).containsExactly("Unknown");
  }

  @Test
  void anExternalEntityIsNotFetched() throws IOException {
    try (var trap = LiteralServer.start()) {
      for (var doctype :
          List.of(
              "<!DOCTYPE nm_response [<!ENTITY x SYSTEM \"%s/x\">]>",
              "<!DOCTYPE nm_response SYSTEM \"%s/dtd\">",
              "<!DOCTYPE nm_response [<!ENTITY %% p SYSTEM \"%s/p\"> %%p;]>")) {
        server.thenReply(
            200,
            doctype.formatted(trap.url())
                + report(sale()).replaceFirst("<\\?xml.*\\?>", "").replace("SUCCESS", "&x;"));
        assertThat(find()).containsExactly("Unknown");
      }
      assertThat(trap.connections()).isZero();
    }
  }

  @Test
  void aThousandLaughsAreNotExpanded() {
    server.thenReply(
        200,
        "<!DOCTYPE nm_response [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>"
            + "<nm_response><error_response>&b;</error_response></nm_response>");
    assertThat(find()).containsExactly("Unknown");
  }

  /** An equal sale on the same card for another invoice. */
  private static String other() {
    return filed("9100000777", "complete", "ACME-B7-1", "1", "100")
        .replace("id=\"2\">A1001", "id=\"2\">B7");
  }

  @Test
  void theTransactionThatOursWasTakenForIsLookedForByTime() {
    server.thenReply(200, NONE).thenReply(200, NONE);
    server.thenReply(200, report(other()));
    assertThat(findAfterDuplicate()).containsExactly("DuplicateOf 9100000777 ACME-B7-1");
    assertThat(body(2))
        .isEqualTo(
            "security_key=sk_test_SECRET&action_type=sale&start_date=20261124013500"
                + "&result_limit=100&page_number=0");
  }

  @ParameterizedTest(name = "{0} → {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # of another transaction in the window | changed to | proves
          <customerid>V1001             | <customerid>V2002             | NotFound
          <amount>19.99                 | <amount>19.98                 | NotFound
          <currency>USD                 | <currency>EUR                 | NotFound
          <order_id>ACME-B7-1           | <order_id>                    | NotFound
          <success>1                    | <success>0                    | NotFound
          <date>20261124020010          | <date>20261123020010          | NotFound
          <date>20261124020010          | <date>20261124030010          | NotFound
          <date>20261124020010          | <date>someday                 | NotFound
          <transaction_id>9100000777    | <transaction_id>              | NotFound
          <action_type>sale             | <action_type>refund           | NotFound
          id="2">B7                     | id="2">A1001                  | NotFound
          <order_id>ACME-B7-1           | <order_id>ACME-A1001-1        | Approved 9100000777
          <order_id>ACME-B7-1           | <order_id>ACME-B7-2           | DuplicateOf 9100000777 ACME-B7-2
          """)
  void onlyAnEqualSaleUnderAnotherKeyIsTheOther(String from, String to, String proves) {
    var other = other().replace(from, to);
    server.thenReply(200, NONE).thenReply(200, NONE).thenReply(200, report(other));
    assertThat(findAfterDuplicate()).containsExactly(proves);
  }

  @Test
  void theWindowIsReadPageByPage() {
    var full =
        IntStream.range(0, 100)
            .mapToObj(i -> filed("7" + i, "complete", "X-" + i, "1", "100").replace("V1001", "V1"))
            .collect(joining());
    server.thenReply(200, NONE).thenReply(200, NONE).thenReply(200, report(full));
    server.thenReply(200, report(other()));
    assertThat(findAfterDuplicate()).containsExactly("DuplicateOf 9100000777 ACME-B7-1");
    assertThat(body(3)).endsWith("&page_number=1");
  }

  @Test
  void aWindowThatCannotBeReadIsUnknown() {
    server.thenReply(200, NONE).thenReply(200, NONE).then(closes());
    assertThat(findAfterDuplicate()).containsExactly("Unknown");
  }

  @Test
  void aRefusalAsDuplicateThatWasFiledUnderOurKeyMovedNoMoney() {
    var refused =
        filed("9100000002", "failed", "ACME-A1001-1", "0", "300")
            .replace("<response_text>SUCCESS", "<response_text>Duplicate transaction REFID:1");
    server.thenReply(200, report(refused, sale()));
    assertThat(find()).containsExactly("Approved 9100000001");
    server.thenReply(200, report(refused));
    server.thenReply(200, report(refused, other()));
    assertThat(find()).containsExactly("DuplicateOf 9100000777 ACME-B7-1");
    server.thenReply(200, report(refused)).thenReply(200, report(refused));
    assertThat(find()).containsExactly("NotFound");
  }

  @Test
  void theAccountIsNotToldButItsKeyIsTried() {
    server.thenReply(200, NONE);
    assertThat(nmi.account()).isEqualTo(new AccountReply.Known(new Account("nmi", null, false)));
    server.thenReply(
        200,
        "<nm_response><error_response>Authentication Failed"
            + " sk_test_SECRET</error_response></nm_response>");
    assertThat(nmi.account())
        .isInstanceOf(AccountReply.Refused.class)
        .asString()
        .doesNotContain("SECRET");
    server.thenReply(
        200, "<nm_response><error_response>Please try again later</error_response></nm_response>");
    assertThat(nmi.account()).isInstanceOf(AccountReply.Unreachable.class);
    server.then(closes());
    assertThat(nmi.account()).isInstanceOf(AccountReply.Unreachable.class);
  }

  @Test
  void notFoundCountsAfterAnHour() {
    var t = nmi.timings();
    assertThat(
            t.permit()
                .plus(t.transit())
                .plus(t.processing())
                .plus(t.lookupLag())
                .plus(t.clockSkew()))
        .isGreaterThan(Duration.ofHours(1));
  }
}
