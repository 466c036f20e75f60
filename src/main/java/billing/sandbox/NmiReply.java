package billing.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * NMI's answer to a payment: one line of fields in the order in which NMI gives them, HTTP 200 even
 * for an error.
 *
 * @param response 1 approved, 2 declined, 3 error
 */
record NmiReply(
    int response,
    String text,
    String authcode,
    String transactionId,
    String orderId,
    String type,
    String code,
    @Nullable String vaultId) {

  static NmiReply approved(Charge charge, String type) {
    return new NmiReply(
        1,
        "SUCCESS",
        "123456",
        charge.transactionId(),
        orderId(charge),
        type,
        "100",
        charge.card());
  }

  static NmiReply declined(Charge charge) {
    var response = charge.code().startsWith("2") ? 2 : 3;
    return new NmiReply(
        response,
        charge.text(),
        "",
        charge.transactionId(),
        orderId(charge),
        "sale",
        charge.code(),
        null);
  }

  /** Refused by the gateway itself; nothing was filed. */
  static NmiReply error(String code, String text, String orderId, String type) {
    return new NmiReply(3, text, "", "", orderId, type, code, null);
  }

  static NmiReply done(String text, Charge charge, String transactionId, String type) {
    return new NmiReply(1, text, "123456", transactionId, orderId(charge), type, "100", null);
  }

  private static String orderId(Charge charge) {
    return charge.key() == null ? "" : charge.key();
  }

  Reply reply() {
    var line =
        "response="
            + response
            + "&responsetext="
            + encoded(text)
            + "&authcode="
            + authcode
            + "&transactionid="
            + transactionId
            + "&avsresponse="
            + (response == 1 && type.equals("sale") ? "Y" : "")
            + "&cvvresponse="
            + "&orderid="
            + encoded(orderId)
            + "&type="
            + type
            + "&response_code="
            + code
            + (vaultId == null ? "" : "&customer_vault_id=" + encoded(vaultId));
    return Reply.text(200, "text/html; charset=UTF-8", line);
  }

  /** As NMI does: blanks and colons stand as they are. */
  private static String encoded(String text) {
    return text.replace("%", "%25").replace("&", "%26").replace("=", "%3D").replace("+", "%2B");
  }
}
