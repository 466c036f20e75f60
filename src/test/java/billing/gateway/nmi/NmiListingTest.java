package billing.gateway.nmi;

import static billing.gateway.LiteralServer.closes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.gateway.Attempts;
import billing.gateway.Gateway;
import billing.gateway.Listing;
import billing.gateway.LiteralServer;
import billing.gateway.Said;
import billing.model.Currency;
import billing.model.Echo;
import billing.model.Listed;
import billing.model.Money;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What the Query API's reports prove about each transaction, over HTTP, by their literal text. */
@Timeout(20)
class NmiListingTest {

  private static final Instant FROM = Instant.parse("2026-11-24T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2026-11-24T04:00:00Z");

  private LiteralServer server;
  private Gateway nmi;

  @BeforeEach
  void open() throws IOException {
    server = LiteralServer.start();
    nmi = Nmi.open(Attempts.settings(server.url()), InstantSource.fixed(at("04:00:00")));
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
    server.close();
  }

  private static Instant at(String time) {
    return Instant.parse("2026-11-24T" + time + "Z");
  }

  private static String report(String... transactions) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response>\n"
        + String.join("\n", transactions)
        + "</nm_response>";
  }

  private static String filed(String id, String condition, String orderId, String actions) {
    return """
    <transaction>
      <transaction_id>%s</transaction_id><transaction_type>cc</transaction_type>
      <condition>%s</condition><order_id>%s</order_id><currency>USD</currency><customerid>V1001</customerid>
      <cc_number>4xxxxxxxxxxx1111</cc_number>
      <merchant_defined_field id="2">A1001</merchant_defined_field>
      <merchant_defined_field id="3">inst-1</merchant_defined_field>
      %s
    </transaction>
    """
        .formatted(id, condition, orderId, actions);
  }

  private static String action(String type, String success, String code) {
    return """
    <action><amount>19.99</amount><action_type>%s</action_type><date>20261124020010</date><success>%s</success>
      <response_text>SUCCESS</response_text><response_code>%s</response_code><requested_amount>19.99</requested_amount></action>
    """
        .formatted(type, success, code);
  }

  private static String sale(String id) {
    return filed(id, "pendingsettlement", "ACME-A1001-1", action("sale", "1", "100"));
  }

  private static String[] sales(int count) {
    return IntStream.range(0, count).mapToObj(i -> sale("9" + i)).toArray(String[]::new);
  }

  private Listing list(String body) {
    server.thenReply(200, body);
    return nmi.list(FROM, UNTIL, "1795478400+86400"); // FROM, a day: open towards the present
  }

  private List<String> said(String body) {
    return ((Listing.Page) list(body))
        .transactions().stream().map(l -> l.transactionId() + " " + Said.of(l.reply())).toList();
  }

  private String body(int n) {
    return server.asked().get(n).body();
  }

  @Test
  void timeIsCutIntoSlicesOfWhichTheLastIsOpen() {
    server.thenReply(200, report(sale("91"))).thenReply(200, report());
    var first = (Listing.Page) nmi.list(FROM, UNTIL, null);
    assertThat(body(0))
        .isEqualTo(
            "security_key=sk_test_SECRET&start_date=20261124000000&end_date=20261124010000"
                + "&result_limit=100&page_number=0");
    assertThat(server.asked().getFirst().line()).isEqualTo("POST /api/query.php HTTP/1.1");
    var second = (Listing.Page) nmi.list(FROM, UNTIL, first.next());
    assertThat(body(1)).contains("start_date=20261124010000&end_date=20261124030000");
    server.thenReply(200, report());
    var last = (Listing.Page) nmi.list(FROM, UNTIL, second.next());
    assertThat(body(2)).contains("start_date=20261124030000&result_limit");
    assertThat(last.next()).isNull();
  }

  @Test
  void aSliceThatIsNotWholeIsMadeNarrower() {
    server.thenReply(200, report(sales(100))).thenReply(200, report(sales(99)));
    var page = (Listing.Page) nmi.list(FROM, UNTIL, null);
    assertThat(body(1)).contains("start_date=20261124000000&end_date=20261124003000");
    assertThat(page.transactions()).hasSize(99);
    assertThat(page.next()).isEqualTo("1795480200+1800");
  }

  @Test
  void moreThanAnAnswerInOneSecondIsReadFromItsEnd() {
    server
        .thenReply(200, report(sales(100))) // the second, page 0
        .thenReply(200, report(sales(100))) // page 1
        .thenReply(200, report(sales(100))) // page 2
        .thenReply(200, report()) // page 4
        .thenReply(200, report(sales(7))); // page 3
    var last = (Listing.Page) nmi.list(FROM, UNTIL, "1795478400+1");
    assertThat(last.transactions()).hasSize(7);
    assertThat(last.next()).isEqualTo("1795478400+1/2");
    assertThat(IntStream.range(0, 5).mapToObj(this::body).map(b -> b.replaceAll(".*=", "")))
        .containsExactly("0", "1", "2", "4", "3");
    server.thenReply(200, report(sales(100)));
    var before = (Listing.Page) nmi.list(FROM, UNTIL, "1795478400+1/0");
    assertThat(before.next()).isEqualTo("1795478401+1");
  }

  @Test
  void thePresentIsReadTwice() {
    server
        .thenReply(200, report(sales(100)))
        .thenReply(200, report(sales(100)))
        .thenReply(200, report(sale("1")))
        .thenReply(200, report(sales(100)))
        .thenReply(200, report(sale("2")));
    var page = (Listing.Page) nmi.list(FROM, UNTIL, "1795492795+1");
    assertThat(page.transactions()).hasSize(102);
    assertThat(page.next()).isNull();
  }

  @Test
  void allThatTheWireTellsIsEchoed() {
    var row = ((Listing.Page) list(report(sale("91")))).transactions().getFirst();
    assertThat(row)
        .extracting(Listed::transactionId, Listed::at)
        .containsExactly("91", at("02:00:10"));
    assertThat(row.echo())
        .isEqualTo(
            new Echo(
                "ACME-A1001-1",
                new Money(1999, Currency.of("USD").orElseThrow()),
                null,
                "V1001",
                null,
                null,
                "A1001",
                "inst-1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pendingsettlement | sale 1 100                  | Approved 91",
        "complete          | sale 1 100, settle 1 100    | Approved 91",
        "complete          | sale 1 100, refund 1 100    | Reversed 91",
        "complete          | sale 1 100, refund 0 300    | Approved 91",
        "canceled          | sale 1 100, void 1 100      | Reversed 91",
        "complete          | sale 1 100, check_return 1 100 | Reversed 91",
        "in_progress       | sale 1 100                  | Unknown",
        "unknown           | sale 0 420                  | Unknown",
        "abandoned         | sale 0 300                  | Closed 91",
        "abandoned         | sale 1 100                  | Unknown",
        "failed            | sale 0 202                  | Declined 202 soft",
        "failed            | sale 0 252                  | Declined 252 hard",
        "failed            | sale 0 410                  | Closed 91",
        "complete          | auth 1 100, capture 1 100   | Approved 91",
        "complete          | auth 1 100, capture 0 300, capture 1 100 | Approved 91",
        "complete          | capture 1 100, capture 1 100 | Unknown",
        "pending           | auth 1 100                  | Undecided 91 held",
        "pending           | auth 1 100, capture 0 300   | Undecided 91 held",
        "canceled          | auth 1 100, void 1 100      | Closed 91",
        "failed            | auth 0 202                  | Declined 202 soft",
        "unknown           | auth 1 100                  | Unknown"
      })
  void eachConditionAndItsActionsProveOneThing(String condition, String actions, String proves) {
    var all = new StringBuilder();
    for (var one : actions.split(", ", -1)) {
      var parts = one.split(" ", -1);
      all.append(action(parts[0], parts[1], parts[2]));
    }
    assertThat(said(report(filed("91", condition, "ACME-A1001-1", all.toString()))))
        .containsExactly("91 " + proves);
  }

  @Test
  void whatMovesNoMoneyIsLeftOut() {
    assertThat(said(report(filed("91", "complete", "", action("validate", "1", "100"))))).isEmpty();
  }

  @Test
  void aRefundThatIsFiledApartIsToldAsItsSale() {
    var refund = filed("92", "pendingsettlement", "ACME-A1001-1", action("refund", "1", "100"));
    server.thenReply(200, report(sale("91"), refund)).thenReply(200, report(sale("91"), refund));
    var page = (Listing.Page) nmi.list(FROM, UNTIL, "1795478400+86400");
    assertThat(body(1)).endsWith("&order_id=ACME-A1001-1");
    assertThat(page.transactions())
        .extracting(l -> Said.of(l.reply()))
        .containsExactly("Reversed 91");
  }

  @Test
  void theSaleThatARefundNamesIsAskedForByItself() {
    var refund =
        filed("92", "complete", "7", action("refund", "1", "100"))
            .replace(
                "<condition>", "<original_transaction_id>91</original_transaction_id><condition>");
    server.thenReply(200, report(refund)).thenReply(200, report(sale("91")));
    var page = (Listing.Page) nmi.list(FROM, UNTIL, "1795478400+86400");
    assertThat(body(1)).endsWith("&transaction_id=91");
    assertThat(page.transactions())
        .extracting(l -> Said.of(l.reply()))
        .containsExactly("Reversed 91");
  }

  @Test
  void ofSeveralSalesUnderOneOrderOnlyTheOneOfTheRefundsAmountIsReversed() {
    var other = sale("93").replace("19.99", "5.00");
    var refund =
        filed("92", "complete", "ACME-A1001-1", action("refund", "1", "100"))
            .replace("<amount>", "<amount>-");
    server.thenReply(200, report(sale("91"), other, refund));
    server.thenReply(200, report(sale("91"), other, refund));
    assertThat(((Listing.Page) nmi.list(FROM, UNTIL, "1795478400+86400")).transactions())
        .extracting(l -> Said.of(l.reply()))
        .containsExactly("Reversed 91", "Approved 93");
    server.thenReply(200, report(sale("91"), sale("94"), refund));
    server.thenReply(200, report(sale("91"), sale("94"), refund));
    assertThat(((Listing.Page) nmi.list(FROM, UNTIL, "1795478400+86400")).transactions())
        .as("which of the two cannot be told")
        .extracting(l -> Said.of(l.reply()))
        .containsExactly("Approved 91", "Approved 94", "Closed 92");
  }

  @Test
  void aRefundWhoseSaleCannotBeAskedForFailsThePage() {
    var refund = filed("92", "complete", "X-1", action("refund", "1", "100"));
    server.thenReply(200, report(refund)).then(closes());
    assertThat(nmi.list(FROM, UNTIL, "1795478400+86400")).isInstanceOf(Listing.Failed.class);
  }

  @Test
  void whatWasMadeLaterThanAskedIsLeftToTheNextListing() {
    assertThat(said(report(sale("91").replace("20261124020010", "20261124040000")))).isEmpty();
  }

  @Test
  void anUnknownCurrencyHidesNothingElse() {
    assertThat(said(report(sale("91").replace("USD", "ZZZ"), sale("92"))))
        .containsExactly("91 Unknown", "92 Approved 92");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>maintenance</html>",
        "<nm_response><transaction>",
        "<nm_response><surprise/></nm_response>",
        "<nm_response><error_response>The query could not be"
            + " executed</error_response></nm_response>",
        "<nm_response><transaction><action><action_type>sale</action_type><date>20261124020010"
            + "</date></action></transaction></nm_response>",
        "<nm_response><transaction><transaction_id>1</transaction_id><action>"
            + "<action_type>sale</action_type><date>soon</date></action></transaction></nm_response>"
      })
  void whatIsNoWholePageIsFailedAndNeverShortened(String body) {
    assertThat(list(body)).isInstanceOf(Listing.Failed.class);
  }

  @Test
  void moreRowsThanWereAskedForAreNoPage() {
    assertThat(list(report(sales(101)))).isInstanceOf(Listing.Failed.class);
  }

  @Test
  void onlyARefusedKeyIsRefused() {
    var refusal =
        "<nm_response><error_response>Authentication Failed"
            + " sk_test_SECRET</error_response></nm_response>";
    var listing = list(refusal);
    assertThat(listing).isInstanceOf(Listing.Refused.class);
    assertThat(listing.toString()).doesNotContain("SECRET");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 429, 500, 503})
  void everyOtherStatusIsFailed(int status) {
    server.thenReply(status, report());
    assertThat(nmi.list(FROM, UNTIL, null)).isInstanceOf(Listing.Failed.class);
  }

  @Test
  void aCursorOfAnotherKindIsAMistakeOfOurs() {
    for (var cursor : List.of("", "pi_3Q", "1+1/", "-1+1")) {
      assertThatThrownBy(() -> nmi.list(FROM, UNTIL, cursor))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
