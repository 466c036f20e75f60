package billing.sandbox;

import billing.model.Money;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The Query API's XML. Times are in UTC; a transaction's money stands in its actions. */
final class NmiXml {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
  private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response>";
  private static final String FOOT = "</nm_response>\n";

  private NmiXml() {}

  static String error(String text) {
    var xml = new StringBuilder(HEAD);
    element(xml, "error_response", text);
    return xml.append(FOOT).toString();
  }

  static String transactions(List<NmiFiled> all) {
    var xml = new StringBuilder(HEAD);
    all.forEach(filed -> transaction(xml, filed));
    return xml.append(FOOT).toString();
  }

  private static void transaction(StringBuilder xml, NmiFiled filed) {
    var charge = filed.charge();
    xml.append("<transaction>\n");
    element(xml, "transaction_id", filed.transactionId());
    element(xml, "partial_payment_id", "");
    element(xml, "partial_payment_balance", "");
    element(xml, "platform_id", "");
    element(xml, "transaction_type", "cc");
    element(xml, "condition", filed.condition());
    element(xml, "order_id", charge.key() == null ? "" : charge.key());
    element(xml, "authorization_code", charge.state() == Charge.State.APPROVED ? "123456" : "");
    element(xml, "ponumber", wire(charge, "ponumber"));
    element(xml, "order_description", wire(charge, "order_description"));
    element(xml, "first_name", wire(charge, "first_name"));
    element(xml, "last_name", wire(charge, "last_name"));
    element(xml, "email", wire(charge, "email"));
    element(xml, "currency", charge.amount().currency().code());
    element(xml, "customerid", charge.card());
    for (int i = 1; i <= 20; i++) {
      var field = charge.wire().get("merchant_defined_field_" + i);
      if (field != null) {
        xml.append("<merchant_defined_field id=\"").append(i).append("\">");
        xml.append(escaped(field)).append("</merchant_defined_field>\n");
      }
    }
    element(xml, "cc_number", "4xxxxxxxxxxx1111");
    element(xml, "processor_id", "sandbox");
    for (var action : filed.actions()) {
      action(xml, charge, action);
    }
    xml.append("</transaction>\n");
  }

  private static void action(StringBuilder xml, Charge charge, String type) {
    var sale = type.equals("sale") || type.equals("auth");
    var minor = type.equals("refund") ? -charge.reversedMinor() : charge.amount().minor();
    var amount =
        type.equals("auth")
            ? wire(charge, "amount")
            : new Money(minor, charge.amount().currency()).major().toPlainString();
    var success =
        !sale
            || charge.state() == Charge.State.APPROVED
            || charge.state() == Charge.State.AUTHORIZED;
    xml.append("<action>\n");
    element(xml, "amount", amount);
    element(xml, "action_type", type);
    element(xml, "date", time(sale ? charge.at() : charge.modified()));
    element(xml, "success", success ? "1" : "0");
    element(xml, "source", "api");
    element(xml, "username", "");
    element(xml, "response_text", sale ? charge.text() : "SUCCESS");
    element(xml, "batch_id", charge.settled() ? "1" : "0");
    element(xml, "processor_batch_id", "");
    element(xml, "response_code", sale ? charge.code() : "100");
    element(xml, "requested_amount", amount);
    element(xml, "processor_response_text", "");
    element(xml, "processor_response_code", success ? "00" : "05");
    xml.append("</action>\n");
  }

  private static String time(Instant at) {
    return TIME.format(at);
  }

  private static String wire(Charge charge, String name) {
    return charge.wire().getOrDefault(name, "");
  }

  private static void element(StringBuilder xml, String name, String text) {
    xml.append('<').append(name).append('>').append(escaped(text));
    xml.append("</").append(name).append(">\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
