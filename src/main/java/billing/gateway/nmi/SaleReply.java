package billing.gateway.nmi;

import billing.gateway.TransactionId;
import billing.gateway.Wording;
import billing.model.Echo;
import billing.model.GatewayReply;
import billing.model.GatewayReply.Approved;
import billing.model.GatewayReply.Unknown;
import billing.model.Money;
import billing.model.Order;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one line of {@code name=value&…} that answers a sale, under HTTP 200 even for errors. A line
 * that says a thing twice and differently, or contradicts itself, says nothing.
 */
final class SaleReply {

  private final Map<String, String> fields;
  private final Wording wording;

  private SaleReply(Map<String, String> fields, Wording wording) {
    this.fields = fields;
    this.wording = wording;
  }

  /** What the line proves about the order. */
  static GatewayReply read(String line, Order order, Wording wording) {
    return fields(line.strip())
        .map(fields -> new SaleReply(fields, wording).proves(order))
        .orElseGet(() -> new Unknown("not the line that answers a sale", false));
  }

  private static Optional<Map<String, String>> fields(String line) {
    var fields = new HashMap<String, String>();
    try {
      for (var pair : line.split("&", -1)) {
        var at = pair.indexOf('=');
        if (at < 1) {
          return Optional.empty();
        }
        var value = URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8);
        var before = fields.putIfAbsent(pair.substring(0, at), value);
        if (before != null && !before.equals(value)) {
          return Optional.empty();
        }
      }
    } catch (IllegalArgumentException badPercent) {
      return Optional.empty();
    }
    return fields.containsKey("response") ? Optional.of(fields) : Optional.empty();
  }

  private GatewayReply proves(Order order) {
    var code = field("response_code");
    if (!field("type").isEmpty() && !field("type").equals("sale")) {
      return new Unknown(wording.fit("the answer to another request: " + field("type")), false);
    }
    return switch (field("response")) {
      case "1" -> code.equals("100") ? approved(order) : contradictory(code);
      case "2" -> code.equals("100") ? contradictory(code) : declined(code);
      case "3" ->
          Codes.error(
              code, text(), hasTransaction(), field("orderid").isEmpty() ? null : echo(null));
      default -> new Unknown(wording.fit("response " + field("response")), false);
    };
  }

  private Unknown contradictory(String code) {
    return new Unknown(wording.fit("response " + field("response") + " with code " + code), false);
  }

  private GatewayReply approved(Order order) {
    if (!TransactionId.isOne(field("transactionid"))
        || !hasTransaction()
        || field("orderid").isEmpty()) {
      return new Unknown("approved, without a transaction or an order id", false);
    }
    if (field("amount_authorized").isEmpty()) {
      return new Approved(field("transactionid"), echo(null), null);
    }
    return Decimals.money(field("amount_authorized"), order.amount().currency())
        .<GatewayReply>map(part -> new Approved(field("transactionid"), echo(part), null))
        .orElseGet(() -> new Unknown("approved, for what is no amount of money", false));
  }

  private GatewayReply declined(String code) {
    return field("orderid").isEmpty()
        ? new Unknown("declined, without an order id", false)
        : Codes.declined(code.isEmpty() ? "200" : wording.fit(code), text(), echo(null), null);
  }

  private Echo echo(@Nullable Money amount) {
    var vault = field("customer_vault_id");
    return new Echo(
        field("orderid"), amount, null, vault.isEmpty() ? null : vault, null, null, null, null);
  }

  private boolean hasTransaction() {
    var id = field("transactionid");
    return !id.isEmpty() && !id.equals("0");
  }

  private String text() {
    return wording.fit(field("responsetext"));
  }

  private String field(String name) {
    return fields.getOrDefault(name, "");
  }
}
