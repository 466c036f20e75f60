package billing.gateway.stripe;

import billing.gateway.stripe.Questions.Heard;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was captured apart from its authorization, of which the events alone tell when ("List all
 * events"; they go back thirty days).
 *
 * <p>An event shows its charge as it was then, by the rules of the account's own version of the
 * API: so no more is taken from it than which charge it is, and that is asked for as it is now.
 */
final class Captures {

  private final Questions questions;

  Captures(Questions questions) {
    this.questions = questions;
  }

  /**
   * The page of events with a row for each as a list of refunds has it: the charge of the event and
   * its intent, written out. The row of a charge that was made since {@code from} is of none: the
   * lists by creation have it. So is that of a charge that is no more. A request for each of the
   * others.
   */
  Heard asOfNow(Heard events, Instant from) {
    if (!(events instanceof Heard.Found(var root)) || !root.path("data").isArray()) {
      return events;
    }
    var rows = JsonNodeFactory.instance.arrayNode();
    for (var event : root.path("data")) {
      var captured = event.path("data").path("object");
      var id = Json.text(captured, "id");
      var made = Json.time(captured, "created");
      if (id == null
          || !Intent.isId(id)
          || !BareCharge.isItsId(id)
          || made == null
          || Json.time(event, "created") == null) {
        return failed("an event without time or charge in /v1/events");
      }
      if (!made.isBefore(from)) {
        rows.add(row(event, null));
        continue;
      }
      switch (questions.charge(id)) {
        // Made before that time, it is not missing for being new: it was deleted, and paid nothing.
        case Heard.Failed failed when Questions.isMissing(failed) -> rows.add(row(event, null));
        case Heard.Failed(var why, var refused, var error) -> {
          return new Heard.Failed("charge %s: %s".formatted(id, why), refused, error);
        }
        case Heard.Found(var charge) when id.equals(Json.text(charge, "id")) ->
            rows.add(row(event, charge));
        case Heard.Found other -> {
          return failed("not the charge " + id);
        }
      }
    }
    ((ObjectNode) root).set("data", rows);
    return events;
  }

  private static JsonNode row(JsonNode event, @Nullable JsonNode charge) {
    var row = JsonNodeFactory.instance.objectNode();
    row.set("id", event.path("id"));
    row.set("created", event.path("created"));
    row.set("charge", charge);
    row.set("payment_intent", charge == null ? null : charge.path("payment_intent"));
    return row;
  }

  private static Heard failed(String why) {
    return new Heard.Failed(why, false, null);
  }
}
