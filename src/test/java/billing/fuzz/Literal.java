package billing.fuzz;

import billing.gateway.Attempts;
import billing.model.Attempt;
import java.util.List;

/** Replies of a healthy gateway about the one attempt, and what is asked when they come. */
enum Literal {
  STRIPE_CHARGED(true, "charge", true, intent("succeeded", "null")),
  STRIPE_DECLINED(
      true,
      "charge",
      false,
      "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":\"insufficient_funds\","
          + "\"message\":\"no\",\"payment_intent\":"
          + intent(
              "requires_payment_method", "{\"type\":\"card_error\",\"code\":\"card_declined\"}")
          + "}}"),
  STRIPE_FOUND(true, "find", true, list(false), intent("succeeded", "null")),
  STRIPE_FOUND_DECLINED(
      true,
      "find",
      false,
      list(false),
      intent("requires_payment_method", "{\"type\":\"card_error\",\"code\":\"card_declined\"}")),
  STRIPE_NONE(true, "find", false, "{\"object\":\"list\",\"data\":[],\"has_more\":false}"),
  STRIPE_CLOSED(true, "close", false, intent("canceled", "null")),
  STRIPE_ACCOUNT(true, "account", false, "{\"id\":\"acct_1\",\"object\":\"account\"}"),
  STRIPE_LISTED(true, "list", false, list(true)),
  STRIPE_CHARGES_LISTED(true, "list charges", false, charges()),
  STRIPE_CAPTURES_LISTED(
      true,
      "list captures",
      false,
      captures(),
      charge("py_1N", "null").replace("1795485601", "1790000000")),
  NMI_CHARGED(
      false,
      "charge",
      true,
      "response=1&responsetext=SUCCESS&authcode=123456&transactionid=9100000001&avsresponse=Y&cvvresponse="
          + "&orderid=ACME-A1001-1&type=sale&response_code=100&customer_vault_id=V1001"),
  NMI_DECLINED(
      false,
      "charge",
      false,
      "response=2&responsetext=DECLINE&authcode=&transactionid=9100000002&avsresponse=&cvvresponse="
          + "&orderid=ACME-A1001-1&type=sale&response_code=202"),
  NMI_FOUND(false, "find", true, report(sale("9100000001", "ACME-A1001-1"))),
  NMI_NONE(false, "find", false, report(), report()),
  NMI_ACCOUNT(false, "account", false, report()),
  NMI_LISTED(
      false,
      "list",
      false,
      report(sale("91", "ACME-A1001-1"), sale("92", ""), sale("93", "ACME-A1001-2")));

  final boolean stripe;
  final String asked;

  /** Whether they say that the money was taken. */
  final boolean charged;

  private final String first;
  private final String last;

  Literal(boolean stripe, String asked, boolean charged, String... bodies) {
    this.stripe = stripe;
    this.asked = asked;
    this.charged = charged;
    this.first = bodies[0];
    this.last = bodies[bodies.length - 1];
  }

  /** The answer to the first question, and to every other. */
  List<String> bodies() {
    return List.of(first, last);
  }

  Attempt attempt() {
    return Attempts.of(
        stripe
            ? Attempts.order("19.99", "USD", "cus_9", "pm_7")
            : Attempts.order("19.99", "USD", null, "V1001"),
        "?");
  }

  private static String intent(String status, String error) {
    return """
    {"id":"pi_3Q","object":"payment_intent","amount":1999,"amount_received":1999,"currency":"usd","status":"%s",
     "customer":"cus_9","payment_method":"pm_7","latest_charge":{"id":"ch_3Q","created":1795485601,"paid":true,
     "refunded":false,"amount_refunded":0,"disputed":false,"captured":true},"last_payment_error":%s,
     "metadata":{"charge_key":"ACME-A1001-1","invoice_id":"A1001","attempt_no":"1","installation":"inst-1"},
     "created":1795485600,"livemode":false}\
    """
        .formatted(status, error);
  }

  private static String list(boolean more) {
    var ours = intent("succeeded", "null");
    return "{\"object\":\"list\",\"data\":[%s,%s],\"has_more\":%s}"
        .formatted(ours, ours.replace("pi_3Q", "pi_2P").replace("ACME-A1001-1", "ACME-B7-1"), more);
  }

  /** One of an old intent, one of a young one, one of none. */
  private static String charges() {
    var old = intent("succeeded", "null").replace("1795485600", "1790000000");
    return "{\"object\":\"list\",\"data\":[%s,%s,%s],\"has_more\":true}"
        .formatted(
            charge("ch_3Q", old),
            charge("ch_2P", intent("succeeded", "null")),
            charge("py_1N", "null"));
  }

  /** One of an old charge, one of a young one. */
  private static String captures() {
    return "{\"object\":\"list\",\"data\":[%s,%s],\"has_more\":true}"
        .formatted(capture("evt_2", "py_1N", 1790000000), capture("evt_1", "ch_2P", 1795485601));
  }

  private static String capture(String id, String charge, long made) {
    return """
    {"id":"%s","object":"event","created":1795485602,"type":"charge.captured",
     "data":{"object":{"id":"%s","object":"charge","created":%d}}}\
    """
        .formatted(id, charge, made);
  }

  private static String charge(String id, String intent) {
    return """
    {"id":"%s","object":"charge","amount":1999,"amount_captured":1999,"amount_refunded":0,"captured":true,
     "created":1795485601,"currency":"usd","customer":"cus_9","disputed":false,"livemode":false,"metadata":{},
     "paid":true,"payment_intent":%s,"payment_method":"card_7","refunded":false,"status":"succeeded"}\
    """
        .formatted(id, intent);
  }

  private static String report(String... transactions) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response>"
        + String.join("\n", transactions)
        + "</nm_response>";
  }

  private static String sale(String id, String order) {
    return """
    <transaction><transaction_id>%s</transaction_id><condition>pendingsettlement</condition>
    <order_id>%s</order_id><currency>USD</currency><customerid>V1001</customerid>
    <merchant_defined_field id="2">A1001</merchant_defined_field>
    <action><amount>19.99</amount><action_type>sale</action_type><date>20261124020010</date><success>1</success>
    <response_text>SUCCESS</response_text><response_code>100</response_code></action></transaction>\
    """
        .formatted(id, order);
  }
}
