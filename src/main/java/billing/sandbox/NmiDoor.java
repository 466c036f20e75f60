package billing.sandbox;

import java.io.IOException;

/**
 * NMI's front door: the Payment API ("Direct Post") and the Query API.
 *
 * <p>It knows no idempotency keys; a duplicate check by amount and card is all there is.
 */
final class NmiDoor implements Door {

  private static final String PAY = "/api/transact.php";
  private static final String QUERY = "/api/query.php";

  private final SandboxSettings settings;
  private final Faults faults;
  private final Effects effects;
  private final Rate rate = new Rate();
  private final NmiSales sales;
  private final NmiQuery query;

  NmiDoor(SandboxSettings settings, Ledger ledger, Faults faults, Effects effects, Ids ids) {
    this.settings = settings;
    this.faults = faults;
    this.effects = effects;
    sales = new NmiSales(ledger, faults, ids);
    query = new NmiQuery(ledger, faults);
  }

  @Override
  public String name() {
    return "nmi";
  }

  @Override
  public Call understand(Request request) {
    var form = request.form();
    if (request.path().equals(QUERY)) {
      return new Call(name(), Operation.LOOKUP, form.get("order_id"), request);
    }
    var key = form.get("orderid");
    return switch (form.get("type", "")) {
      case "sale", "auth" -> new Call(name(), Operation.CHARGE, key, request);
      case "capture" -> new Call(name(), Operation.CHARGE, form.get("transactionid"), request);
      case "void" -> new Call(name(), Operation.CLOSE, form.get("transactionid"), request);
      case "refund" -> new Call(name(), Operation.REVERSE, form.get("transactionid"), request);
      default -> new Call(name(), Operation.OTHER, key, request);
    };
  }

  @Override
  public Reply answer(Call call, Fault fault) throws IOException {
    var request = call.request();
    var asks = request.path().equals(QUERY);
    if (!request.isPost() || !(asks || request.path().equals(PAY))) {
      return Reply.text(404, "text/html; charset=UTF-8", "<html><body>Not found</body></html>");
    }
    if (fault.kind() == Fault.Kind.HTTP_429) {
      return Reply.text(429, "text/plain", "Too many requests");
    }
    if (fault.kind() == Fault.Kind.UNAVAILABLE) {
      return Reply.text(503, "text/html; charset=UTF-8", "<html><body>Unavailable</body></html>");
    }
    if (fault.kind() == Fault.Kind.THROTTLED || !rate.admits(faults.weather().rate())) {
      return refused(asks, "301", "Rate limit exceeded");
    }
    if (fault.kind() == Fault.Kind.LOOKUP_FAILS) {
      return refused(asks, "300", "The query could not be executed");
    }
    var key = request.form().get("security_key", "");
    if (!settings.opens(key)) {
      return refused(asks, "300", "Authentication Failed");
    }
    return effects.carryOut(
        call, fault, () -> route(call, asks, Merchant.of(key), fault), kind -> failure(call, kind));
  }

  private static Reply refused(boolean asks, String code, String text) {
    return asks ? xml(NmiXml.error(text)) : NmiReply.error(code, text, "", "").reply();
  }

  private static Reply xml(String text) {
    return Reply.text(200, "text/xml; charset=UTF-8", text);
  }

  private Reply route(Call call, boolean asks, Merchant merchant, Fault fault) {
    var form = call.request().form();
    if (asks) {
      return xml(query.answer(form, merchant, fault));
    }
    var type = form.get("type", "");
    var reply =
        switch (type) {
          case "sale", "auth" -> sales.sale(form, merchant, fault);
          case "capture" -> sales.capture(form, merchant);
          case "void" -> sales.voided(form, merchant);
          case "refund" -> sales.refund(form, merchant);
          default ->
              NmiReply.error("300", "Invalid Transaction Type", form.get("orderid", ""), type);
        };
    return reply.reply();
  }

  private static Reply failure(Call call, Fault.Kind kind) {
    var before = kind == Fault.Kind.UNSURE_BEFORE;
    if (before || kind == Fault.Kind.UNSURE_AFTER) {
      var form = call.request().form();
      return NmiReply.error(
              before ? "420" : "421",
              before ? "Communication error" : "Communication error with issuer",
              form.get("orderid", ""),
              form.get("type", ""))
          .reply();
    }
    return Reply.text(
        500, "text/html; charset=UTF-8", "<html><body>Internal Server Error</body></html>");
  }
}
