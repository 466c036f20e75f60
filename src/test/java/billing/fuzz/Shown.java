package billing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;

/**
 * A charge as a document shows it, field by field: approved, standing, and ours in whatever of key,
 * amount, currency, customer, card, invoice and installation this kind of reply carries.
 */
final class Shown {

  private static final String KEY = "ACME-A1001-1";

  private Shown() {}

  /** A payment intent of Stripe's. */
  static void isOurs(JsonNode intent) {
    assertThat(intent.path("status").asText()).as("charged").isEqualTo("succeeded");
    assertThat(intent.path("metadata").path("charge_key").asText()).as("our key").isEqualTo(KEY);
    var amount = intent.path(intent.has("amount_received") ? "amount_received" : "amount");
    assertThat(amount.isIntegralNumber() && amount.longValue() == 1999).as("our amount").isTrue();
    assertThat(intent.path("currency").asText()).as("our currency").isEqualToIgnoringCase("usd");
    assertThat(id(intent.path("customer"))).as("our customer").isIn("cus_9", "");
    assertThat(id(intent.path("payment_method"))).as("our card").isIn("pm_7", "");
    var metadata = intent.path("metadata");
    assertThat(metadata.path("invoice_id").asText("")).as("our invoice").isIn("A1001", "");
    assertThat(metadata.path("installation").asText("")).as("our name").isIn("inst-1", "");
    assertThat(intent.path("livemode").booleanValue()).as("live").isFalse();
    var charge = intent.path("latest_charge");
    assertThat(charge.path("refunded").booleanValue()).as("refunded").isFalse();
    assertThat(charge.path("disputed").booleanValue()).as("disputed").isFalse();
    assertThat(charge.path("amount_refunded").longValue()).as("refunded in part").isZero();
  }

  /** Of an object that may have been expanded; empty where there is none. */
  private static String id(JsonNode value) {
    return (value.isObject() ? value.path("id") : value).asText("").replaceAll("^null$", "");
  }

  /** The line with which NMI answers a sale: it tells neither currency nor invoice. */
  static void isOurs(String line, String transactionId) {
    var fields = new HashMap<String, String>();
    for (var pair : line.strip().split("&", -1)) {
      var at = pair.indexOf('=');
      var value = URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8);
      var before = fields.putIfAbsent(pair.substring(0, Math.max(0, at)), value);
      assertThat(before == null || before.equals(value)).as("said once: %s", pair).isTrue();
    }
    assertThat(told(fields, "response")).as("approved").isEqualTo("1");
    assertThat(told(fields, "response_code")).as("its code").isEqualTo("100");
    assertThat(told(fields, "type")).as("its type").isIn("sale", "");
    assertThat(told(fields, "transactionid")).as("its number").isEqualTo(transactionId);
    assertThat(told(fields, "orderid")).as("our key").isEqualTo(KEY);
    assertThat(told(fields, "customer_vault_id")).as("our card").isIn("V1001", "");
    var amount = told(fields, "amount_authorized");
    assertThat(amount.isEmpty() || isOurs(amount)).as("our amount").isTrue();
  }

  /** A report of NMI's, in which one transaction of that number is a sale that stands. */
  static void isOurs(Document report, String transactionId) {
    assertThat(transactions(report))
        .filteredOn(row -> told(fields(row), "transaction_id").equals(transactionId))
        .anySatisfy(Shown::isOurs);
  }

  private static void isOurs(Element transaction) {
    var fields = fields(transaction);
    var key = told(fields, "order_id");
    assertThat(key.isEmpty() ? told(fields, "merchant_defined_field_1") : key)
        .as("our key")
        .isEqualTo(KEY);
    assertThat(told(fields, "condition")).as("its condition").isIn("pendingsettlement", "complete");
    assertThat(told(fields, "currency")).as("our currency").isIn("USD", "");
    var vault = told(fields, "customer_vault_id");
    assertThat(vault.isEmpty() ? told(fields, "customerid") : vault)
        .as("our card")
        .isIn("V1001", "");
    assertThat(told(fields, "merchant_defined_field_2")).as("our invoice").isIn("A1001", "");
    assertThat(told(fields, "merchant_defined_field_3")).as("our name").isIn("inst-1", "");
    var actions =
        children(transaction).stream()
            .filter(one -> one.getTagName().equals("action"))
            .map(Shown::fields)
            .toList();
    var sales = actions.stream().filter(one -> told(one, "action_type").equals("sale")).toList();
    assertThat(sales).as("one sale").hasSize(1);
    assertThat(told(sales.getFirst(), "success")).as("a success").isEqualTo("1");
    assertThat(isOurs(told(sales.getFirst(), "amount"))).as("our amount").isTrue();
    assertThat(actions)
        .as("nothing given back")
        .noneMatch(one ->
            told(one, "success").equals("1")
                && told(one, "action_type").matches(".*(void|refund|credit|return).*"));
  }

  private static boolean isOurs(String amount) {
    return amount.matches("\\d{1,15}(\\.\\d{1,6})?")
        && new BigDecimal(amount).compareTo(new BigDecimal("19.99")) == 0;
  }

  private static String told(Map<String, String> fields, String name) {
    return fields.getOrDefault(name, "");
  }

  /** The transactions of a report, in its order. */
  static List<Element> transactions(Document report) {
    return children(report.getDocumentElement()).stream()
        .filter(one -> one.getTagName().equals("transaction"))
        .toList();
  }

  /** By name; a numbered one keeps its number: {@code merchant_defined_field_2}. */
  private static Map<String, String> fields(Element parent) {
    var fields = new HashMap<String, String>();
    for (var child : children(parent)) {
      var number = child.hasAttribute("id") ? "_" + child.getAttribute("id") : "";
      var name = child.getTagName() + number;
      if (!name.equals("action")) {
        var before = fields.putIfAbsent(name, text(child));
        assertThat(before == null || before.equals(text(child))).as("%s once", name).isTrue();
      }
    }
    return fields;
  }

  /** What it says itself, not what stands in it. */
  private static String text(Element element) {
    var text = new StringBuilder();
    for (var node : nodes(element)) {
      text.append(node instanceof Text own ? own.getData() : "");
    }
    return text.toString().strip();
  }

  private static List<Element> children(Element parent) {
    var children = new ArrayList<Element>();
    for (var node : nodes(parent)) {
      if (node instanceof Element child) {
        children.add(child);
      }
    }
    return children;
  }

  private static List<Node> nodes(Element parent) {
    var all = parent.getChildNodes();
    return IntStream.range(0, all.getLength()).mapToObj(all::item).toList();
  }
}
