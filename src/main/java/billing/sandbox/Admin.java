package billing.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** The pages by which somebody who practises looks at the ledger and chooses faults, as JSON. */
final class Admin {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Ledger ledger;
  private final Faults faults;

  Admin(Ledger ledger, Faults faults) {
    this.ledger = ledger;
    this.faults = faults;
  }

  Reply answer(Request request) {
    return switch (request.method() + " " + request.path()) {
      case "GET /_ledger" -> json(200, ledger());
      case "GET /_faults" -> json(200, Map.of("faults", faults.weather().text()));
      case "POST /_faults" -> change(request);
      case "POST /_reverse" -> done(ledger.reverse(request.form().get("id", "")));
      case "POST /_dispute" -> done(ledger.dispute(request.form().get("id", "")));
      case "POST /_decide" -> decide(request.form());
      default ->
          json(
              404,
              Map.of(
                  "error",
                  "GET /_ledger, GET or POST /_faults, POST /_reverse"
                      + " id=, POST /_dispute id=, POST /_decide id= approved=true|false"));
    };
  }

  private Reply change(Request request) {
    try {
      faults.weather(Weather.parse(request.form().get("faults", request.body())));
      return json(200, Map.of("faults", faults.weather().text()));
    } catch (IllegalArgumentException e) {
      return json(400, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private Reply decide(Form form) {
    var approved = form.is("approved");
    return done(
        ledger.decide(
            form.get("id", ""),
            approved,
            form.get("code", approved ? "100" : "200"),
            form.get("text", approved ? "SUCCESS" : "DECLINE")));
  }

  private static Reply done(boolean done) {
    return done
        ? json(200, Map.of("done", true))
        : json(404, Map.of("error", "there is no such charge in a state that allows it"));
  }

  private Map<String, Object> ledger() {
    var page = new LinkedHashMap<String, Object>();
    var totals = new LinkedHashMap<String, String>();
    ledger.totals().forEach((c, sum) -> totals.put(c.code(), sum.major().toPlainString()));
    page.put("requests", ledger.arrivals().size());
    page.put("standing", ledger.standing().size());
    page.put("totals", totals);
    page.put("chargedTwice", ledger.doubles().keySet());
    var charges = new ArrayList<Map<String, Object>>();
    ledger.charges().forEach(charge -> charges.add(line(charge)));
    page.put("charges", charges);
    return page;
  }

  private static Map<String, Object> line(Charge charge) {
    var line = new LinkedHashMap<String, Object>();
    line.put("id", charge.transactionId());
    line.put("door", charge.door());
    line.put("key", charge.key() == null ? "" : charge.key());
    line.put("invoice", charge.invoice());
    line.put("amount", charge.amount().major().toPlainString());
    line.put("currency", charge.amount().currency().code());
    line.put("card", charge.card());
    line.put("state", charge.state().name());
    line.put("code", charge.code());
    line.put("reversedMinor", charge.reversedMinor());
    line.put("at", charge.at().toString());
    return line;
  }

  private static Reply json(int status, Object page) {
    try {
      return Reply.json(status, JSON.writeValueAsString(page));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
